// A picture to judge: zoomed, moved, and nothing drawn on it.

import { createStage, sizeOf, viewButtons, wheelBelongsTo } from "../annotate/stage.js";

const KEYS = [
  [["+", "−", "0"], "Zoom in, out, whole picture (wheel or pinch)"],
  [["←", "↑", "→", "↓"], "Move the picture (or drag)"],
];
const PAN = 60;

// `more` goes to the stage: onPaint, for what is shown over the picture.
export function createPicture(root, { item, mediaUrl }, more = {}) {
  const stage = createStage({
    url: mediaUrl,
    size: sizeOf(item),
    label: "Picture. Drag to move it, plus and minus zoom.",
    wheelAllowed: wheelBelongsTo(root),
    ...more,
  });
  stage.node.classList.add("is-still");
  const commands = {
    "zoom-in": () => stage.zoomStep(1),
    "zoom-out": () => stage.zoomStep(-1),
    fit: () => stage.fit(),
    arrow: ({ x, y }) => stage.panBy(-x * PAN, -y * PAN),
  };
  return {
    media: "image",
    node: stage.node,
    stage,
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
  };
}
