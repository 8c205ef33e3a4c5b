// A picture to judge: zoomed, moved, and nothing drawn on it.

import { createStage, sizeOf, viewButtons, wheelBelongsTo } from "../annotate/stage.js";

const KEYS = [
  [["+", "−", "0"], "Zoom in, out, whole picture (wheel or pinch)"],
  [["←", "↑", "→", "↓"], "Move the picture (or drag)"],
];
const PAN = 60;

// How much of its surroundings a part of the picture is shown with, as a share of its longer side.
const AROUND = 0.25;

// The part of the picture that an item is about, with some of what is around it. Pure.
export function regionOf({ x1, y1, x2, y2, width, height }) {
  if (x1 === undefined) return undefined;
  const by = AROUND * Math.max(x2 - x1, y2 - y1);
  return { x1: Math.max(x1 - by, 0), y1: Math.max(y1 - by, 0), x2: Math.min(x2 + by, width), y2: Math.min(y2 + by, height) };
}

// `more` goes to the stage: onPaint, for what is shown over the picture.
export function createPicture(root, { item, mediaUrl }, more = {}) {
  let part = null;
  const stage = createStage({
    url: mediaUrl,
    size: sizeOf(item),
    label: "Picture. Drag to move it, plus and minus zoom.",
    wheelAllowed: wheelBelongsTo(root),
    ...more,
    onPaint() {
      more.onPaint?.();
      part?.paint();
    },
  });
  stage.region = regionOf(item);
  if (stage.region) {
    import("./part.js").then(({ showPart }) => {
      part = showPart(stage, item);
    });
  }
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
