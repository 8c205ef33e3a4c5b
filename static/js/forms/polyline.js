// Open lines.

import { lengthOf, pointsForm } from "./points.js";

export const POLYLINE = pointsForm({
  kind: "polyline",
  list: "lines",
  one: "line",
  many: "lines",
  closed: false,
  least: 2,
  fits: ({ points }, minimum, size) => points.length > 1 && lengthOf(points) >= Math.min(minimum, size.width, size.height),
  tooSmall: (minimum) => `Too short: a line needs two points and at least ${minimum} pixels.`,
  contains: () => false,
  area: ({ points }) => lengthOf(points),
  size: ({ points }) => `${Math.round(lengthOf(points))} px, ${points.length} ${points.length === 1 ? "point" : "points"}`,
  how: "Click point after point, the last one again ends it; or drag along the thing.",
  said: ({ points }) => `${points.length} ${points.length === 1 ? "point" : "points"}. Click the last again or press Enter to end; Backspace takes one back.`,
  keys: [[["Backspace"], "Take back the point placed last, while drawing"]],
});
