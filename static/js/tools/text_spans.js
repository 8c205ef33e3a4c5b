// Passages of a text, marked with classes: by mouse (choose a class, select words), by finger (select, tap a class), by
// keyboard (arrows go from word to word, Shift extends, a class key marks). Passages may overlap.

import { button, el } from "../annotate/dom.js";
import { stylesOf } from "../annotate/styles.js";
import { createClassList } from "./class_list.js";
import { classKeys } from "./choice.js";
import { createFrame, freshId, isClosed } from "./frame.js";
import { pieces, snapped, toPoints, toUnits, wordsOf } from "./passages.js";

const MOST_LISTED = 300;

export function mount(root, options) {
  const { question, item, draft, onChange } = options;
  const closed = isClosed(options);
  const id = freshId("prompt");
  const { text } = item;
  const styles = stylesOf(question.classes);
  const words = wordsOf(text);
  const known = (value) => (value?.spans ?? []).filter((span) => styles.has(span.class)).map((span) => toUnits(span, text));
  let spans = known(draft);
  let past = [];
  let active = question.classes[0].key;
  let cursor = null; // {anchor, at}: places in `words`

  const page = el("div", { class: "reading-text spans-text", dir: "auto" });
  const node = el("div", { class: "reading", tabindex: "0", role: "application", "aria-label": "Text to mark. Arrows go from word to word, Shift extends, class keys mark.", "aria-describedby": id }, page);
  const told = el("p", { class: "visually-hidden", role: "status" });
  const list = el("ul", { class: "span-list", "aria-label": "Passages" });
  const classes = createClassList({ question, labelledBy: id, closed, onPick: (key) => mark(key) });
  const undo = button("undo", "Undo", () => back(), { key: "Ctrl+Z" });
  undo.disabled = true;

  const valueOf = () => ({ spans: spans.map((span) => toPoints(span, text)) });

  function change(next, said) {
    past.push(spans);
    spans = next.toSorted((a, b) => a.start - b.start || a.end - b.end);
    told.textContent = said;
    show();
    onChange?.(valueOf());
  }

  function back() {
    if (!past.length) return false;
    spans = past.pop();
    show();
    onChange?.(valueOf());
    return true;
  }

  // What is selected in the text, {start, end} or null.
  function selected() {
    if (cursor) {
      const [from, to] = [Math.min(cursor.anchor, cursor.at), Math.max(cursor.anchor, cursor.at)];
      return { start: words[from].start, end: words[to].end };
    }
    const selection = document.getSelection();
    if (!selection?.rangeCount || selection.isCollapsed || !page.contains(selection.anchorNode) || !page.contains(selection.focusNode)) return null;
    const range = selection.getRangeAt(0);
    const before = document.createRange();
    before.setStart(page, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const start = before.toString().length;
    return snapped({ start, end: start + range.toString().length }, words);
  }

  // A class chosen with something selected marks it; the class stays chosen.
  function mark(key) {
    active = key;
    const at = selected();
    if (at && !closed) {
      const twin = spans.find((span) => span.class === key && span.start === at.start && span.end === at.end);
      const name = styles.get(key).name;
      const quote = text.slice(at.start, at.end);
      if (twin) change(spans.filter((span) => span !== twin), `${quote}: no longer ${name}`);
      else change([...spans, { ...at, class: key }], `${quote}: ${name}`);
      document.getSelection()?.removeAllRanges();
    }
    classes.show([active]);
  }

  function show() {
    page.replaceChildren(
      ...pieces(text, spans, cursor && selected()).map((piece) => {
        const inner = document.createTextNode(piece.text);
        const marked = piece.spans.reduce((child, span) => {
          const wrap = el("mark", { class: "span-mark", title: styles.get(span.class).name }, child);
          wrap.style.setProperty("--shape", styles.get(span.class).color);
          return wrap;
        }, inner);
        return piece.held ? el("span", { class: "span-held" }, marked) : marked;
      }),
    );
    list.replaceChildren(...spans.slice(0, MOST_LISTED).map(entry));
    undo.disabled = !past.length;
    classes.show([active]);
  }

  function entry(span) {
    const { name, color } = styles.get(span.class);
    const quote = text.slice(span.start, span.end);
    const remove = closed ? null : button("close", `Remove ${quote}, ${name}`, () => change(spans.filter((one) => one !== span), `${quote} removed`));
    const row = el("li", { class: "span-row" }, el("span", { class: "span-quote", dir: "auto" }, quote), el("span", { class: "span-class", dir: "auto" }, name), remove);
    row.style.setProperty("--shape", color);
    return row;
  }

  function step({ x, big }) {
    if (!x || !words.length) return false;
    const at = cursor ? Math.min(Math.max(cursor.at + x, 0), words.length - 1) : x > 0 ? 0 : words.length - 1;
    cursor = { anchor: big && cursor ? cursor.anchor : at, at };
    document.getSelection()?.removeAllRanges();
    show();
    const { start, end } = selected();
    told.textContent = text.slice(start, end);
    page.querySelector(".span-held")?.scrollIntoView({ block: "nearest" });
    return true;
  }

  // Deletes what lies at the cursor, the shortest first.
  function remove() {
    const at = selected();
    const [span] = at ? spans.filter((one) => one.start < at.end && at.start < one.end).sort((a, b) => a.end - a.start - (b.end - b.start)) : [];
    if (!span) return false;
    change(spans.filter((one) => one !== span), `${text.slice(span.start, span.end)} removed`);
    return true;
  }

  node.addEventListener("pointerdown", () => {
    if (!cursor) return;
    cursor = null;
    show();
  });
  node.addEventListener("pointerup", (event) => {
    // A finger's selection is still being adjusted: there a tap on a class marks it.
    if (event.pointerType === "mouse" && !closed) setTimeout(() => selected() && mark(active));
  });

  const commands = { arrow: step, delete: remove, undo: back, escape: () => { cursor = null; show(); return true; } };
  const content = {
    media: "text",
    node,
    keys: [],
    buttons: closed ? [] : [undo],
    onCommand: (command) => commands[command.type]?.(command) ?? false,
    focus: () => node.focus({ preventScroll: true }),
    destroy: () => {},
  };
  const frame = createFrame(root, options, content, {
    id,
    kind: "text_spans",
    classes: ["tool-choice", "tool-spans"],
    node: el("div", { class: "spans-side" }, classes.node, list, told),
    keys: [
      ...classKeys(question.classes),
      [["←", "→"], "Word by word; with Shift more words"],
      [["Delete"], "Remove the passage at the cursor"],
      [["Ctrl", "Z"], "Undo"],
      [["Enter"], "Hand in"],
    ],
    onKey: (key) => mark(key),
  });
  show();

  return {
    value: valueOf,
    problems: () => (spans.length ? [] : [{ code: "nothing_marked", message: "You marked nothing. Is there really nothing to mark?" }]),
    setValue(next) {
      spans = known(next);
      past = [];
      show();
    },
    focus: content.focus,
    destroy: frame.destroy,
  };
}
