// Two things side by side: which is better? Which of them stands left is drawn by chance, and the answer says it.

import { el } from "../annotate/dom.js";
import { isStray } from "./choice.js";
import { withClaim } from "./claim.js";
import { createFrame, freshId, isClosed } from "./frame.js";

const lastAnswer = { at: -Infinity, root: null };
// One draw a visit: the same pair stands the same way when it is looked at again.
const salt = crypto.getRandomValues(new Uint32Array(1))[0];

// Whether the first stands left, by chance but always the same for one item and salt. Pure.
export function firstLeft(text, seed) {
  let hash = seed >>> 0;
  for (const char of text) hash = Math.imul(hash ^ char.codePointAt(0), 0x01000193) >>> 0;
  return ((hash ^ (hash >>> 15)) & 1) === 0;
}

const NARROW = 704;

// panes(which, side) makes what is compared, "first" or "second" of the item → {node, problems(), focus(), destroy(), …}.
export function createComparison(root, kind, options, panes) {
  const { question, item, draft, onChange, onSubmit } = options;
  const closed = isClosed(options);
  const id = freshId("prompt");
  const shown = draft?.shown ?? (closed || firstLeft(JSON.stringify(item), salt) ? "first" : "second");
  const [left, right] = shown === "first" ? ["first", "second"] : ["second", "first"];
  const content = { [left]: panes(left, "First"), [right]: panes(right, "Second") };
  const both = [content[left], content[right]];
  // Below this width they stand one above the other, as judging.css has it.
  const stacked = root.clientWidth > 0 && root.clientWidth < NARROW;
  const [one, other] = stacked ? ["Upper", "Lower"] : ["Left", "Right"];
  const marker = {};
  let value = draft ?? null;

  const choose = (better, text, sign, key) =>
    el(
      "button",
      { type: "button", class: "choice", "aria-keyshortcuts": key, disabled: closed, onclick: (event) => answer(better, event) },
      el("kbd", { class: "choice-key", "aria-hidden": "true" }, sign),
      el("span", { class: "choice-text" }, el("span", { class: "choice-name" }, text)),
    );
  const buttons = new Map([
    [left, choose(left, closed ? "The first is better" : `${one} is better`, "←", "ArrowLeft")],
    [right, choose(right, closed ? "The second is better" : `${other} is better`, "→", "ArrowRight")],
  ]);
  if (question.ties) buttons.set("tie", choose("tie", "Neither is better", "↓", "ArrowDown"));
  const ways = { "-1,0": left, "1,0": right, "0,1": "tie" };

  const pair = {
    media: "pair",
    node: el("div", { class: "pair" }, ...both.map((one) => one.node)),
    keys: [[["+", "−"], "Zoom in, out (wheel or pinch)"]],
    buttons: [],
    onCommand: (command) => both.map((one) => one.onCommand(command)).some(Boolean),
    focus: both[0].focus,
    destroy: () => both.forEach((one) => one.destroy()),
  };
  const frame = createFrame(root, options, withClaim(pair, "", item.context), {
    id,
    kind,
    classes: ["tool-choice", "tool-comparison"],
    node: el("div", { class: "choice-list", role: "group", "aria-labelledby": id }, ...buttons.values()),
    keys: [[["←", "→"], "The left one, the right one is better"], ...(question.ties ? [[["↓"], "Neither is better"]] : [])],
    hotkeys: new Map([["1", left], ["2", right], ...(question.ties ? [["3", "tie"]] : [])]),
    onKey: (better) => answer(better),
    onCommand(command) {
      const better = command.type === "arrow" && ways[`${command.x},${command.y}`];
      if (!buttons.has(better)) return false;
      answer(better);
      return true;
    },
  });

  function answer(better, event) {
    if (closed || (event && isStray(event, performance.now(), lastAnswer) && lastAnswer.root !== marker)) return;
    Object.assign(lastAnswer, { at: performance.now(), root: marker });
    value = { better, shown };
    show();
    onChange?.(value);
    onSubmit?.(value);
  }

  function show() {
    for (const [better, node] of buttons) node.setAttribute("aria-pressed", String(value?.better === better));
  }
  show();

  return {
    value: () => value,
    problems: () => [
      ...both.flatMap((one) => one.problems()),
      ...(value ? [] : [{ code: "no_answer", message: "Say which is better.", blocking: true }]),
    ],
    setValue(next) {
      value = next;
      show();
    },
    letters: ["1", "2", "3"],
    focus: pair.focus,
    destroy: frame.destroy,
  };
}
