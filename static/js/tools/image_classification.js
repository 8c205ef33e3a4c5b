// One class for a picture that can be zoomed and moved.

import { createStage, sizeOf, viewButtons, wheelBelongsTo } from "../annotate/stage.js";
import { createChoice } from "./choice.js";

const KEYS = [
  [["+", "−", "0"], "Zoom in, out, whole picture (wheel or pinch)"],
  [["←", "↑", "→", "↓"], "Move the picture (or drag)"],
];
const PAN = 60;

export function mount(root, options) {
  const { item, mediaUrl } = options;
  const stage = createStage({
    url: mediaUrl,
    size: sizeOf(item),
    label: "Picture. Drag to move it, plus and minus zoom.",
    wheelAllowed: wheelBelongsTo(root),
  });
  stage.node.classList.add("is-still");
  const commands = {
    "zoom-in": () => stage.zoomStep(1),
    "zoom-out": () => stage.zoomStep(-1),
    fit: () => stage.fit(),
    arrow: ({ x, y }) => stage.panBy(-x * PAN, -y * PAN),
  };
  return createChoice(root, "image_classification", options, {
    media: "image",
    node: stage.node,
    keys: KEYS,
    buttons: viewButtons(stage),
    onCommand(command) {
      commands[command.type]?.(command);
      return command.type in commands;
    },
    problems: () =>
      stage.failed ? [{ code: "no_picture", message: "The picture could not be loaded.", blocking: true }] : [],
    focus: () => stage.node.focus({ preventScroll: true }),
    destroy: stage.destroy,
  });
}
