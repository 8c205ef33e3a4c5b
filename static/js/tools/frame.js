// What all tools without a drawing share: the prompt, what is judged, what is answered beside it, the keys, two dialogs.

import { button, el, fill } from "../annotate/dom.js";
import { commandFor, hotkeyMap, listen } from "../annotate/keyboard.js";
import { stylesOf } from "../annotate/styles.js";

let serial = 0;

// An id of its own for every element that another one names.
export const freshId = (name) => `tool-${name}-${(serial += 1)}`;

const hasGuide = (classes) => classes.some((row) => row.description || row.example);

export const isClosed = (options) => Boolean(options.readonly || options.layers?.length);

// content: {media, node, keys: rows of the key map, buttons, onCommand(command) → true if used, focus(), destroy()}, see
// picture.js and reading.js. answer: {kind, classes: more class names, node, keys, hotkeys: key → what onKey gets,
// onKey(what, event), onCommand}. Returns {id of the prompt, destroy()}.
export function createFrame(root, options, content, answer) {
  const { question, exampleUrl } = options;
  const closed = isClosed(options);
  const id = answer.id ?? freshId("prompt");
  const showKeys = async () => {
    const { keysDialog, show } = await import("../annotate/help.js");
    show(root, "keys", () => keysDialog([...answer.keys, ...content.keys, [["?"], "This list"]]));
  };
  const showGuide = async () => {
    const { guideDialog, show } = await import("../annotate/help.js");
    show(root, "guide", () => guideDialog(question.classes, stylesOf(question.classes), exampleUrl));
  };
  const bar = el(
    "div",
    { class: "tool-bar", role: "group", "aria-label": "View" },
    ...content.buttons,
    hasGuide(question.classes) && button("info", "What the classes mean", showGuide),
    closed ? null : button("keys", "Keys", showKeys, { key: "?", extra: "is-keys is-last" }),
  );
  const names = ["tool", `tool-${content.media}`, ...answer.classes];
  root.classList.add(...names);
  root.classList.toggle("is-readonly", closed);
  root.dataset.kind = answer.kind;
  fill(
    root,
    el("p", { class: "tool-prompt", id, dir: "auto" }, question.prompt),
    content.node,
    el("div", { class: "tool-side" }, answer.node, bar),
  );
  const hotkeys = answer.hotkeys ?? hotkeyMap(question.classes);
  const hear = (event) => {
    const command = commandFor(event, hotkeys);
    if (!command) return (answer.onOther ?? content.onOther)?.(event) ?? false;
    if (command.type === "class") answer.onKey(command.class, event);
    else if (command.type === "help") showKeys();
    else return command.type === "none" || Boolean(answer.onCommand?.(command)) || content.onCommand(command);
    return true;
  };
  const deafen = closed ? () => {} : listen(root, hear);
  return {
    id,
    destroy() {
      deafen();
      content.destroy();
      root.replaceChildren();
      root.classList.remove(...names, "is-readonly");
      delete root.dataset.kind;
    },
  };
}

// A button clicked with the pointer gives the keyboard back to what is judged; one pressed by key keeps it.
export const backTo = (content) => (event) => event?.detail > 0 && content.focus();
