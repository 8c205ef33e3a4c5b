// The `mount` of masks: choose(options) → createEditor or createViewer.

import { el } from "../annotate/dom.js";

let serial = 0;

export const toolOf = (choose) => (root, options) => {
  const id = `tool-prompt-mask-${(serial += 1)}`;
  root.classList.add("tool", "tool-mask");
  root.dataset.kind = "mask";
  const tool = choose(options)(root, options, { id, node: el("p", { class: "tool-prompt", id, dir: "auto" }, options.question.prompt) });
  return {
    ...tool,
    destroy() {
      tool.destroy();
      root.replaceChildren();
      root.classList.remove("tool", "tool-mask", "is-readonly");
      delete root.dataset.kind;
    },
  };
};
