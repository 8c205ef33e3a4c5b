// A text to judge, set for reading: a measure of about 65 characters, in the text's own direction.

import { el } from "../annotate/dom.js";

export function createReading({ item }) {
  const text = el("div", { class: "reading-text", dir: "auto" }, item.text);
  const node = el("div", { class: "reading", tabindex: "0", role: "region", "aria-label": "Text to read" }, text);
  return {
    media: "text",
    node,
    keys: [],
    buttons: [],
    onCommand: () => false,
    problems: () => [],
    focus: () => node.focus({ preventScroll: true }),
    destroy: () => {},
  };
}
