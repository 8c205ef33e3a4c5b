// What image and text classification share: one big button a class; one key or one click is the answer.

import { button, el, fill } from "../annotate/dom.js";
import { guideDialog, hasGuide, keysDialog, open } from "../annotate/help.js";
import { commandFor, hotkeyMap, listen } from "../annotate/keyboard.js";
import { stylesOf } from "../annotate/styles.js";

// The second click of a double click must not answer the task that took the place of the first one's.
const DOUBLE = 250;
const lastAnswer = { at: -Infinity, root: null };

export function isStray(event, now, last) {
  return event.detail > 1 && now - last.at < DOUBLE;
}

let serial = 0;

// `content` = {node, keys: rows of the key map, buttons, onCommand(command) → true if used, problems(), focus(), destroy()}.
export function createChoice(root, kind, options, content) {
  const { question, draft, readonly, onChange, onSubmit, exampleUrl } = options;
  const styles = stylesOf(question.classes);
  const hotkeys = hotkeyMap(question.classes);
  const closed = Boolean(readonly || options.layers?.length);
  const id = `tool-prompt-choice-${(serial += 1)}`;
  let value = valid(draft);

  function valid(answer) {
    return styles.has(answer?.class) ? { class: answer.class } : null;
  }

  const choices = new Map(
    question.classes.map((row) => [row.key, choiceButton(row, styles.get(row.key), (event) => answer(row.key, event))]),
  );
  for (const node of choices.values()) node.disabled = closed;
  const group = el("div", { class: "choice-list", role: "group", "aria-labelledby": id }, ...choices.values());
  const keys = question.classes.filter((row) => row.hotkey).map((row) => [[row.hotkey.toUpperCase()], row.name]);
  const help = keysDialog([...keys, ...content.keys, [["?"], "This list"]]);
  const guide = hasGuide(question.classes) ? guideDialog(question.classes, styles, exampleUrl) : null;
  const bar = el(
    "div",
    { class: "tool-bar", role: "group", "aria-label": "View" },
    ...content.buttons,
    guide && button("info", "What the classes mean", () => open(guide)),
    closed ? null : button("keys", "Keys", () => open(help), { key: "?", extra: "is-keys is-last" }),
  );

  root.classList.add("tool", "tool-choice", `tool-${content.media}`);
  root.classList.toggle("is-readonly", closed);
  root.dataset.kind = kind;
  fill(
    root,
    el("p", { class: "tool-prompt", id, dir: "auto" }, question.prompt),
    content.node,
    el("div", { class: "tool-side" }, group, bar),
    help,
    guide,
  );

  function answer(key, event) {
    if (closed || (event && isStray(event, performance.now(), lastAnswer) && lastAnswer.root !== marker)) return;
    Object.assign(lastAnswer, { at: performance.now(), root: marker });
    value = { class: key };
    show();
    onChange?.(value);
    onSubmit?.(value);
  }
  // Stands for this mounting: the root itself is used again for the next task.
  const marker = {};

  function show() {
    for (const [key, node] of choices) node.setAttribute("aria-pressed", String(value?.class === key));
  }
  show();

  const deafen = closed
    ? () => {}
    : listen(root, (event) => {
        const command = commandFor(event, hotkeys);
        if (!command) return false;
        if (command.type === "class") answer(command.class);
        else if (command.type === "help") open(help);
        else return command.type === "none" || content.onCommand(command);
        return true;
      });

  return {
    value: () => value,
    problems: () => [
      ...content.problems(),
      ...(value ? [] : [{ code: "no_answer", message: "Choose a class.", blocking: true }]),
    ],
    setValue(next) {
      value = valid(next);
      show();
    },
    focus: content.focus,
    destroy() {
      deafen();
      content.destroy();
      root.replaceChildren();
      root.classList.remove("tool", "tool-choice", `tool-${content.media}`, "is-readonly");
      delete root.dataset.kind;
    },
  };
}

function choiceButton(row, style, onclick) {
  const node = el(
    "button",
    { type: "button", class: "choice", "aria-keyshortcuts": row.hotkey || null, onclick },
    row.hotkey ? el("kbd", { class: "choice-key", "aria-hidden": "true" }, row.hotkey.toUpperCase()) : null,
    el(
      "span",
      { class: "choice-text" },
      el("span", { class: "choice-name", dir: "auto" }, row.name),
      row.description ? el("span", { class: "choice-note", dir: "auto" }, row.description) : null,
    ),
  );
  node.style.setProperty("--shape", style.color);
  return node;
}
