// Outlines.

import { areaOf, boundsOf, isInside, pointsForm } from "./points.js";

const longest = (points) => {
  const { x1, y1, x2, y2 } = boundsOf(points);
  return Math.max(x2 - x1, y2 - y1);
};

export const POLYGON = pointsForm({
  kind: "polygon",
  list: "polygons",
  one: "outline",
  many: "outlines",
  closed: true,
  least: 3,
  fits: ({ points }, minimum, size) => points.length > 2 && areaOf(points) > 0.5 && longest(points) >= Math.min(minimum, size.width, size.height),
  tooSmall: (minimum) => `Too small: an outline needs three points, an area, and at least ${minimum} pixels from end to end.`,
  contains: ({ points }, point) => isInside(points, point),
  area: ({ points }) => areaOf(points),
  size: ({ points }) => `${points.length} ${points.length === 1 ? "point" : "points"}`,
  how: "Click point after point, the first one again ends it; or drag round the thing.",
  said: ({ points }) => `${points.length} ${points.length === 1 ? "point" : "points"}. Click the first again or press Enter to end; Backspace takes one back.`,
  keys: [[["Backspace"], "Take back the point placed last, while drawing"]],
});
