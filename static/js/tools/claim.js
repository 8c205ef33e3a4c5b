// What an item brings along beside its content: shown above what is judged.

import { el } from "../annotate/dom.js";

// Content (frame.js) with a text above it; the content itself where there is none.
export function withClaim(content, label, text) {
  if (!text) return content;
  const claim = el("p", { class: "claim" }, el("span", { class: "claim-label" }, label), el("span", { dir: "auto" }, text));
  return { ...content, node: el("div", { class: "judged" }, claim, content.node) };
}
