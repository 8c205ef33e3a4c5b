// What kinds with any number of classes share: a click or key switches a class, Enter hands in; none at all is an answer.

import { createClassList } from "./class_list.js";
import { classKeys } from "./choice.js";
import { backTo, createFrame, freshId, isClosed } from "./frame.js";

export function createSeveral(root, kind, options, content) {
  const { question, draft, onChange } = options;
  const closed = isClosed(options);
  const id = freshId("prompt");
  const back = backTo(content);
  const list = createClassList({
    question,
    labelledBy: id,
    closed,
    onPick(key, event) {
      toggle(key);
      back(event);
    },
  });
  // In the order of the question, whatever the order of the clicks.
  const valid = (given) => question.classes.map((row) => row.key).filter((key) => given?.classes?.includes(key));
  let chosen = valid(draft);
  const frame = createFrame(root, options, content, {
    id,
    kind,
    classes: ["tool-choice", "tool-several"],
    node: list.node,
    keys: [...classKeys(question.classes), [["Enter"], "Hand in"]],
    onKey: (key) => toggle(key),
  });

  function toggle(key) {
    if (closed) return;
    const had = chosen.includes(key);
    chosen = valid({ classes: had ? chosen.filter((one) => one !== key) : [...chosen, key] });
    list.show(chosen);
    onChange?.({ classes: chosen });
  }
  list.show(chosen);

  return {
    value: () => ({ classes: chosen }),
    problems: () => [
      ...content.problems(),
      ...(chosen.length ? [] : [{ code: "nothing_chosen", message: "You chose none. Does none of them fit?" }]),
    ],
    setValue(next) {
      chosen = valid(next);
      list.show(chosen);
    },
    focus: content.focus,
    destroy: frame.destroy,
  };
}
