// A field to write in, with its length and whether pasting is allowed.

import { el } from "../annotate/dom.js";
import { createFrame, freshId, isClosed } from "./frame.js";

// What is wrong with a text, "" if nothing is. Characters are counted as the server counts them. Pure.
export function lengthProblem(text, { shortest, longest }) {
  const length = [...text.trim().normalize("NFC")].length;
  if (length > longest) return `At most ${longest} characters, these are ${length}.`;
  if (length < shortest && (length || shortest > 0)) return `At least ${shortest} characters, these are ${length}.`;
  return "";
}

export function createWriting(root, kind, options, content) {
  const { question, draft, onChange, onSubmit } = options;
  const closed = isClosed(options);
  const id = freshId("prompt");
  const counted = freshId("count");
  const count = el("p", { class: "writing-count", id: counted });
  const told = el("p", { class: "writing-told", role: "status" });
  const area = el("textarea", {
    class: "writing-area",
    "aria-labelledby": id,
    "aria-describedby": counted,
    dir: "auto",
    rows: "6",
    readonly: closed,
    autocapitalize: "sentences",
  });
  area.value = draft?.text ?? "";
  const frame = createFrame(root, options, content, {
    id,
    kind,
    classes: ["tool-writing"],
    node: el("div", { class: "writing" }, area, count, told),
    keys: [[["Ctrl", "Enter"], "Hand in"], [["Esc"], "Leave the field, for the keys of the picture"]],
    hotkeys: new Map(),
    onKey: () => {},
  });
  const value = () => ({ text: area.value.trim() });

  function show() {
    const { shortest, longest } = question;
    const length = [...area.value.trim().normalize("NFC")].length;
    count.textContent = `${length} of ${shortest > 1 ? `${shortest} to ` : "at most "}${longest} characters`;
    count.classList.toggle("is-wrong", length > longest);
  }

  area.addEventListener("input", () => {
    show();
    told.textContent = "";
    onChange?.(value());
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") content.focus();
    // The page leaves what is typed in a field alone.
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || closed) return;
    event.preventDefault();
    if (tool.value()) onSubmit?.(tool.value());
  });
  for (const name of ["paste", "drop"]) {
    area.addEventListener(name, (event) => {
      if (question.paste || closed) return;
      event.preventDefault();
      told.textContent = "Pasting is not allowed here: please write it yourself.";
    });
  }
  show();

  const tool = {
    value: () => (!area.value.trim() && question.shortest > 0 ? null : value()),
    problems() {
      const wrong = lengthProblem(area.value, question);
      return [...content.problems(), ...(wrong ? [{ code: "wrong_length", message: wrong, blocking: true }] : [])];
    },
    setValue(next) {
      area.value = next?.text ?? "";
      show();
    },
    letters: [],
    focus: () => (closed ? content.focus() : area.focus({ preventScroll: true })),
    destroy: frame.destroy,
  };
  return tool;
}
