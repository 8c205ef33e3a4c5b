// One class for a text, set for reading: a measure of about 65 characters, in the text's own direction.

import { el } from "../annotate/dom.js";
import { createChoice } from "./choice.js";

export function mount(root, options) {
  const text = el("div", { class: "reading-text", dir: "auto" }, options.item.text);
  const node = el("div", { class: "reading", tabindex: "0", role: "region", "aria-label": "Text to read" }, text);
  return createChoice(root, "text_classification", options, {
    media: "text",
    node,
    keys: [],
    buttons: [],
    onCommand: () => false,
    problems: () => [],
    focus: () => node.focus({ preventScroll: true }),
    destroy: () => {},
  });
}
