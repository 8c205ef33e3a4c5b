// What kinds with one answer out of several share: one big button a class; one key or one click is the answer.

import { createClassList } from "./class_list.js";
import { createFrame, freshId, isClosed } from "./frame.js";

// The second click of a double click must not answer the task that took the place of the first one's.
const DOUBLE = 250;
const lastAnswer = { at: -Infinity, root: null };

export function isStray(event, now, last) {
  return event.detail > 1 && now - last.at < DOUBLE;
}

// Rows of the key map for the classes.
export const classKeys = (classes) => classes.filter((row) => row.hotkey).map((row) => [[row.hotkey.toUpperCase()], row.name]);

// `content` as in frame.js, with problems(). → the tool, and answer(key) for other ways to choose.
export function createChoice(root, kind, options, content) {
  const { question, draft, onChange, onSubmit } = options;
  const closed = isClosed(options);
  const id = freshId("prompt");
  const list = createClassList({ question, labelledBy: id, closed, onPick: (key, event) => answer(key, event) });
  const valid = (given) => (list.has(given?.class) ? { class: given.class } : null);
  let value = valid(draft);
  const frame = createFrame(root, options, content, {
    id,
    kind,
    classes: ["tool-choice"],
    node: list.node,
    keys: classKeys(question.classes),
    onKey: (key) => answer(key),
  });

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

  const show = () => list.show(value ? [value.class] : []);
  show();

  return {
    answer,
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
    destroy: frame.destroy,
  };
}
