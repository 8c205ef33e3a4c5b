// Edges that stick: those of the picture, and of the other shapes where the person wants it. Pure.

import { snapShift } from "./geometry.js";

const REACH = 6; // screen pixels

// The lines a shape may stick to: {xs, ys}, sorted. `others` false: the picture's edges alone.
export function linesOf({ form, shapes, size, selected }, others) {
  const boxes = others ? shapes.filter((shape) => shape.id !== selected).map(form.bounds) : [];
  const sorted = (values) => values.sort((a, b) => a - b);
  return {
    xs: sorted([0, size.width, ...boxes.flatMap((box) => [box.x1, box.x2])]),
    ys: sorted([0, size.height, ...boxes.flatMap((box) => [box.y1, box.y2])]),
  };
}

// The point, moved to the lines it is near.
export function snapped(point, lines, scale) {
  const reach = REACH / scale;
  return { ...point, x: point.x + snapShift(point.x, lines.xs, reach), y: point.y + snapShift(point.y, lines.ys, reach) };
}
