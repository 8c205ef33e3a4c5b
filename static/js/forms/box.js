// A box as a form: see annotate/state.js for what a form is. Two corners make one, or four extreme points.

import { boxBetween, contains, handlePoint, hitBorder, hitHandle, isBigEnough, moveBox, repeated, resizeBox, roundBox, sizeText, areaOf } from "../annotate/geometry.js";
import { createBoxOverlay } from "../annotate/render.js";
import { boxToScreen } from "../annotate/view.js";

const CURSORS = { nw: "nwse", n: "ns", ne: "nesw", e: "ew", se: "nwse", s: "ns", sw: "nesw", w: "ew" };

// Boxes that are there twice.
function doubles({ shapes }) {
  const ids = repeated(shapes);
  if (!ids.length) return [];
  const many = ids.length > 1 ? `${ids.length} boxes are` : "One box is";
  return [{ code: "identical_boxes", message: `${many} drawn twice in the same place.`, ids }];
}

export const BOX = {
  kind: "bounding_box",
  list: "boxes",
  one: "box",
  many: "boxes",
  names: ["x1", "y1", "x2", "y2"],
  points: 2,
  drag: "corners",
  make: ([from, to], size) => boxBetween(from, to ?? from, size),
  round: roundBox,
  fits: isBigEnough,
  tooSmall: (minimum) => `Too small: a box needs at least ${minimum} pixels on each side.`,
  bounds: (box) => box,
  moved: moveBox,
  dragged: resizeBox,
  grown: (box, dx, dy, size, minimum) => resizeBox(box, "se", dx, dy, size, minimum),
  handleAt: (box, view, point, reach) => hitHandle(boxToScreen(view, box), point, reach),
  at: handlePoint,
  cursor: (handle) => `${CURSORS[handle]}-resize`,
  onOutline: hitBorder,
  contains,
  area: areaOf,
  size: sizeText,
  trace(context, box, view) {
    const at = boxToScreen(view, box);
    context.rect(at.x1, at.y1, at.x2 - at.x1, at.y2 - at.y1);
  },
  overlay: createBoxOverlay,
  problems: doubles,
  letters: { x: "other-form" },
  keys: [[["X"], "Four clicks on the outermost points instead of two corners, and back"]],
  how: "Drag, or click two corners.",
};
