// A scale of steps: a row of buttons, a digit each; one is the answer.

import { el } from "../annotate/dom.js";
import { isStray } from "./choice.js";
import { createFrame, freshId, isClosed } from "./frame.js";

const lastAnswer = { at: -Infinity, root: null };

// The key of a step: its own digit; ten is 0. "" where a scale has both 0 and 10, which no scale has.
export const keyOf = (step) => String(step % 10);

export function createRating(root, kind, options, content) {
  const { question, draft, onChange, onSubmit } = options;
  const closed = isClosed(options);
  const id = freshId("prompt");
  const steps = Array.from({ length: question.highest - question.lowest + 1 }, (_, place) => question.lowest + place);
  const buttons = new Map(
    steps.map((step) => [
      step,
      el(
        "button",
        { type: "button", class: "step", "aria-keyshortcuts": keyOf(step), disabled: closed, onclick: (event) => answer(step, event) },
        String(step),
      ),
    ]),
  );
  const mean = el("p", { class: "scale-mean", hidden: true });
  const side = el(
    "div",
    { class: "scale" },
    el("div", { class: "scale-steps", role: "group", "aria-labelledby": id }, ...buttons.values()),
    el(
      "div",
      { class: "scale-ends" },
      el("span", { dir: "auto" }, question.lowest_label ? `${question.lowest}: ${question.lowest_label}` : ""),
      el("span", { dir: "auto" }, question.highest_label ? `${question.highest}: ${question.highest_label}` : ""),
    ),
    mean,
  );
  const marker = {};
  let value = draft ?? null;
  const frame = createFrame(root, options, content, {
    id,
    kind,
    classes: ["tool-rating"],
    node: side,
    keys: [[[keyOf(steps[0]), "…", keyOf(steps.at(-1))], "Choose a step"]],
    hotkeys: new Map(steps.filter((step) => step % 10).map((step) => [keyOf(step), step])),
    onKey: (step) => answer(step),
    // 0 is the whole picture, unless the scale has a step for it.
    onCommand(command) {
      const zero = steps.find((step) => step % 10 === 0);
      if (command.type !== "fit" || zero === undefined) return false;
      answer(zero);
      return true;
    },
  });

  function answer(step, event) {
    if (closed || (event && isStray(event, performance.now(), lastAnswer) && lastAnswer.root !== marker)) return;
    Object.assign(lastAnswer, { at: performance.now(), root: marker });
    value = { rating: step };
    show();
    onChange?.(value);
    onSubmit?.(value);
  }

  // A result is a mean and may lie between two steps.
  function show() {
    for (const [step, node] of buttons) node.setAttribute("aria-pressed", String(value?.rating === step));
    mean.hidden = !value || buttons.has(value.rating);
    mean.textContent = value ? `Mean: ${value.rating}` : "";
  }
  show();

  return {
    value: () => value,
    problems: () => [
      ...content.problems(),
      ...(value ? [] : [{ code: "no_answer", message: "Choose a step.", blocking: true }]),
    ],
    setValue(next) {
      value = next;
      show();
    },
    letters: steps.map(keyOf),
    focus: content.focus,
    destroy: frame.destroy,
  };
}
