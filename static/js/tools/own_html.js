// A requester's own page in a sandbox without origin and network (tasks_app/web/sandbox). It is heard only as messages
// from that very frame, and what they hold is data: nothing of it is ever run or parsed as markup here.

import { el } from "../annotate/dom.js";
import { missing } from "./form.js";
import { createFrame, isClosed } from "./frame.js";

const SANDBOX = "/sandbox/";

// The fields a message speaks of that the question has; null where it is no answer at all. Pure.
export function heard(values, fields) {
  if (typeof values !== "object" || values === null || Array.isArray(values)) return null;
  const names = fields.map((field) => field.name).filter((name) => Object.hasOwn(values, name));
  return { fields: Object.fromEntries(names.map((name) => [name, values[name]])) };
}

export function mount(root, options) {
  const { question, item, draft, onChange, onSubmit } = options;
  const closed = isClosed(options);
  let value = draft ?? null;
  const begin = () => frame.contentWindow?.postMessage({ quorate: "begin", html: question.html, item, values: value?.fields ?? {}, readonly: closed }, "*");
  const frame = el("iframe", {
    class: "own-frame",
    title: "Task",
    sandbox: "allow-scripts allow-forms",
    referrerpolicy: "no-referrer",
    allow: "",
    src: SANDBOX,
  });

  function hear(event) {
    // Anybody may send messages to a window; this frame alone is listened to.
    if (event.source !== frame.contentWindow || event.source === null) return;
    const type = event.data?.quorate;
    if (type === "ready") begin();
    const answer = (type === "change" || type === "submit") && !closed && heard(event.data.values, question.fields);
    if (!answer) return;
    value = answer;
    onChange?.(value);
    if (type === "submit") onSubmit?.(value);
  }
  window.addEventListener("message", hear);

  const content = {
    media: "html",
    node: frame,
    keys: [],
    buttons: [],
    onCommand: () => false,
    focus: () => frame.focus({ preventScroll: true }),
    destroy: () => window.removeEventListener("message", hear),
  };
  const built = createFrame(root, options, content, {
    kind: "own_html",
    classes: ["tool-own"],
    node: null,
    keys: [[["Ctrl", "Enter"], "Hand in"]],
    hotkeys: new Map(),
    onKey: () => {},
  });
  return {
    value: () => value,
    problems() {
      const [name] = missing(question.fields, value?.fields ?? {});
      const field = question.fields.find((one) => one.name === name);
      return field ? [{ code: "missing", message: `${field.label}: this is still empty.`, blocking: true }] : [];
    },
    setValue(next) {
      value = next;
      frame.src = SANDBOX;
    },
    letters: [],
    focus: content.focus,
    destroy: built.destroy,
  };
}
