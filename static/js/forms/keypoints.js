// Skeletons: named points in an order, joined by bones. A point is [x, y, seen]: 0 not in the picture, 1 hidden, 2 to be seen.

import { round1 } from "../annotate/geometry.js";
import { createPathOverlay } from "../annotate/path_overlay.js";
import { boundsOf, distanceTo, nearestHandle, onto } from "./points.js";

const ABSENT = { absent: true };

// "nose\nleft eye" → names; "nose - left eye" a line → pairs of places. As tasks_app/tools/keypoints.py reads them. Pure.
export const namesOf = (text) => (text ?? "").split("\n").map((line) => line.trim()).filter(Boolean);

export function bonesOf(text, names) {
  const pairs = (text ?? "").split("\n").map((line) => line.split(" - ").map((name) => names.indexOf(name.trim())));
  return pairs.filter((pair) => pair.length === 2 && pair.every((place) => place >= 0));
}

const there = (points) => points.filter((point) => point[2] > 0);

export function keypointsOf(question) {
  const names = namesOf(question.keypoints);
  const bones = bonesOf(question.skeleton, names);
  const handlesOf = ({ points }) => points.map(([x, y, seen], place) => ({ id: String(place), x, y, seen })).filter(({ seen }) => seen > 0);
  const stretchesOf = ({ points }) => bones.map(([a, b]) => [points[a], points[b]]).filter((ends) => ends.every((point) => point?.[2] > 0));
  const change = (shape, handle, how) => ({ ...shape, points: shape.points.map((point, place) => (String(place) === handle ? how(point) : point)) });
  const dragged = (shape, handle, dx, dy, size) => change(shape, handle, ([x, y, seen]) => onto([x + dx, y + dy, seen], size));

  return {
    kind: "keypoints",
    list: "skeletons",
    one: "skeleton",
    many: "skeletons",
    names: ["points"],
    points: names.length,
    drag: null,
    // Placed so far, the free one last; those not placed yet are not there.
    make(placed, size, draft) {
      const hidden = draft?.hidden ?? [];
      const points = names.map((_, place) => {
        const point = placed[place];
        return !point || point === ABSENT || point.absent ? [0, 0, 0] : onto([point.x, point.y, hidden.includes(place) ? 1 : 2], size);
      });
      return there(points).length ? { points } : null;
    },
    round: (shape) => ({ ...shape, points: shape.points.map(([x, y, seen]) => [round1(x), round1(y), seen]) }),
    fits: ({ points }) => there(points).length > 0,
    tooSmall: () => "At least one point of a skeleton has to be in the picture.",
    bounds: ({ points }) => boundsOf(there(points)),
    moved(shape, dx, dy, size) {
      const { x1, y1, x2, y2 } = boundsOf(there(shape.points));
      const [right, down] = [Math.min(Math.max(dx, -x1), size.width - x2), Math.min(Math.max(dy, -y1), size.height - y2)];
      return { ...shape, points: shape.points.map(([x, y, seen]) => (seen ? [x + right, y + down, seen] : [x, y, seen])) };
    },
    dragged,
    grown: (shape, dx, dy, size, _, handle) => dragged(shape, handle ?? handlesOf(shape)[0].id, dx, dy, size),
    handles: handlesOf,
    handleAt: (shape, view, point, reach) => nearestHandle(handlesOf(shape), view, point, reach),
    at(shape, handle) {
      const [x, y] = shape.points[Number(handle)];
      return { x, y };
    },
    cursor: () => "move",
    // Delete of a point: it is not in the picture. The last one is the skeleton's end.
    without(shape, handle) {
      const next = change(shape, handle, () => [0, 0, 0]);
      return there(next.points).length ? next : null;
    },
    onOutline: (shape, point, reach) =>
      stretchesOf(shape).some(([a, b]) => distanceTo(a, b, point) <= reach) || there(shape.points).some(([x, y]) => Math.hypot(x - point.x, y - point.y) <= reach + 2),
    contains(shape, { x, y }) {
      const box = boundsOf(there(shape.points));
      return x >= box.x1 && x <= box.x2 && y >= box.y1 && y <= box.y2;
    },
    area(shape) {
      const box = boundsOf(there(shape.points));
      return (box.x2 - box.x1) * (box.y2 - box.y1);
    },
    size: ({ points }) => `${there(points).length} of ${names.length} points`,
    trace(context, shape, view) {
      for (const [[ax, ay], [bx, by]] of stretchesOf(shape)) {
        context.moveTo(ax * view.scale + view.x, ay * view.scale + view.y);
        context.lineTo(bx * view.scale + view.x, by * view.scale + view.y);
      }
      for (const [x, y, seen] of there(shape.points)) {
        const [cx, cy] = [x * view.scale + view.x, y * view.scale + view.y];
        context.moveTo(cx + 3, cy);
        context.arc(cx, cy, seen > 1 ? 3 : 1.5, 0, 2 * Math.PI);
      }
    },
    // A point to be seen becomes a hidden one, and the other way round.
    hidden: (shape, handle) => change(shape, handle, ([x, y, seen]) => [x, y, seen && 3 - seen]),
    letters: { v: "hide-point" },
    skip: ABSENT,
    named: (handle, { points }) => `${names[Number(handle)]}${points[Number(handle)][2] === 1 ? ", hidden" : ""}. Ctrl and arrows move it, Delete takes it out.`,
    overlay: createPathOverlay,
    how: names.length ? `Click the points in order, first: ${names[0]}. Full stop skips one, Alt marks it hidden.` : "The question names no points yet.",
    said: ({ points }) => `Now: ${names[points.length]} (${points.length + 1} of ${names.length}). Full stop skips it, Alt and click marks it hidden.`,
    keys: [
      [["."], "While drawing: this point is not in the picture"],
      [["Alt", "click"], "While drawing: this point is hidden"],
      [["V"], "The point that keys act on is hidden, or to be seen"],
    ],
  };
}
