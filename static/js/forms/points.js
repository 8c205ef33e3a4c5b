// What forms of many points share. Their `points` are [x, y] or [x, y, more], as the answer has them.

import { round1 } from "../annotate/geometry.js";
import { clamp } from "../annotate/numbers.js";
import { createPathOverlay } from "../annotate/path_overlay.js";

const MAX_HANDLES = 200;

export const pairOf = ({ x, y }) => [x, y];

export function boundsOf(points) {
  const [xs, ys] = [points.map((point) => point[0]), points.map((point) => point[1])];
  return { x1: Math.min(...xs), y1: Math.min(...ys), x2: Math.max(...xs), y2: Math.max(...ys) };
}

export const onto = ([x, y, ...more], size) => [clamp(x, 0, size.width), clamp(y, 0, size.height), ...more];

export const roundPoints = (shape) => ({ ...shape, points: shape.points.map(([x, y, ...more]) => [round1(x), round1(y), ...more]) });

// Moved as a whole; it stops at the picture's edges.
export function movedPoints(shape, dx, dy, size, points = shape.points) {
  const { x1, y1, x2, y2 } = boundsOf(points);
  const [right, down] = [clamp(dx, -x1, size.width - x2), clamp(dy, -y1, size.height - y2)];
  return { ...shape, points: shape.points.map(([x, y, ...more]) => [x + right, y + down, ...more]) };
}

// Distance of a point {x, y} to the stretch from a to b.
export function distanceTo([ax, ay], [bx, by], { x, y }) {
  const [dx, dy] = [bx - ax, by - ay];
  const along = dx || dy ? clamp(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0, 1) : 0;
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

export function lengthOf(points) {
  return points.slice(1).reduce((sum, [x, y], place) => sum + Math.hypot(x - points[place][0], y - points[place][1]), 0);
}

// Every second pair of corners out of it, until what is left stands off by at most `slack` (Douglas & Peucker 1973).
export function simplified(points, slack) {
  if (points.length < 3) return points;
  const [first, last] = [points[0], points.at(-1)];
  let [worst, place] = [slack, 0];
  for (let n = 1; n < points.length - 1; n += 1) {
    const off = distanceTo(first, last, { x: points[n][0], y: points[n][1] });
    if (off > worst) [worst, place] = [off, n];
  }
  if (!place) return [first, last];
  return [...simplified(points.slice(0, place + 1), slack).slice(0, -1), ...simplified(points.slice(place), slack)];
}

// The stretches between points; `closed` adds the one from the last to the first.
export function stretches(points, closed) {
  const ends = points.slice(1).map((point, place) => [points[place], point]);
  return closed && points.length > 2 ? [...ends, [points.at(-1), points[0]]] : ends;
}

// A handle a point, and one in the middle of each stretch, which adds a point there.
export function pointHandles(points, closed) {
  const own = points.map(([x, y], place) => ({ id: String(place), x, y }));
  if (points.length > MAX_HANDLES) return own;
  const between = stretches(points, closed).map(([[ax, ay], [bx, by]], place) => ({ id: `+${place}`, x: (ax + bx) / 2, y: (ay + by) / 2, adds: true }));
  return [...own, ...between];
}

// The nearest handle within `reach` pixels of the stage; points go before middles.
export function nearestHandle(handles, view, point, reach) {
  let [best, nearest] = [null, reach];
  for (const { id, x, y, adds } of handles) {
    const away = Math.hypot(x * view.scale + view.x - point.x, y * view.scale + view.y - point.y) + (adds ? 0.5 : 0);
    if (away <= nearest) [best, nearest] = [id, away];
  }
  return best;
}

// A point moved, or a new one in the middle of a stretch.
export function draggedPoint(shape, handle, dx, dy, size) {
  const points = [...shape.points];
  const place = Number(handle.replace("+", ""));
  if (handle.startsWith("+")) {
    const [[ax, ay], [bx, by]] = [points[place], points[(place + 1) % points.length]];
    points.splice(place + 1, 0, onto([(ax + bx) / 2 + dx, (ay + by) / 2 + dy], size));
  } else {
    const [x, y, ...more] = points[place];
    points[place] = onto([x + dx, y + dy, ...more], size);
  }
  return { ...shape, points };
}

export const isInside = (points, { x, y }) =>
  stretches(points, true).reduce((inside, [[ax, ay], [bx, by]]) => (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax ? !inside : inside), false);

export const areaOf = (points) => Math.abs(stretches(points, true).reduce((sum, [[ax, ay], [bx, by]]) => sum + ax * by - bx * ay, 0)) / 2;

export function tracePoints(context, points, view, closed) {
  points.forEach(([x, y], place) => context[place ? "lineTo" : "moveTo"](x * view.scale + view.x, y * view.scale + view.y));
  if (closed) context.closePath();
}

// What polygons and lines have in common. `least`: points that make one.
export function pointsForm({ closed, least, ...words }) {
  return {
    names: ["points"],
    points: null,
    drag: "trail",
    make(placed, size, draft) {
      const points = placed.map((point) => onto(pairOf(point), size));
      return points.length ? { points: draft?.by === "trail" ? simplified(points, draft.slack ?? 1.5) : points } : null;
    },
    round: roundPoints,
    bounds: ({ points }) => boundsOf(points),
    moved: movedPoints,
    dragged: draggedPoint,
    grown: (shape, dx, dy, size, _, handle) => draggedPoint(shape, handle ?? String(shape.points.length - 1), dx, dy, size),
    handles: ({ points }) => pointHandles(points, closed),
    handleAt: (shape, view, point, reach) => nearestHandle(pointHandles(shape.points, closed), view, point, reach),
    at(shape, handle) {
      const { x, y } = pointHandles(shape.points, closed).find(({ id }) => id === handle);
      return { x, y };
    },
    cursor: (handle) => (handle.startsWith("+") ? "copy" : "move"),
    without(shape, handle) {
      const points = shape.points.filter((_, place) => String(place) !== handle);
      return points.length >= least && points.length < shape.points.length ? { ...shape, points } : null;
    },
    closes(points, { x, y }, reach) {
      const near = (point) => Math.hypot(point.x - x, point.y - y) <= reach;
      return points.length >= least && (near(points.at(-1)) || (closed && near(points[0])));
    },
    onOutline: ({ points }, point, reach) => stretches(points, closed).some(([a, b]) => distanceTo(a, b, point) <= reach),
    trace: (context, { points }, view) => tracePoints(context, points, view, closed),
    named: (handle, { points }) => `Point ${Number(handle) + 1} of ${points.length}. Ctrl and arrows move it, Delete removes it.`,
    overlay: createPathOverlay,
    closed,
    ...words,
  };
}
