// Ellipses and circles: centre, half axes, and the angle of the first one in degrees, clockwise from the right.

import { round1 } from "../annotate/geometry.js";
import { clamp } from "../annotate/numbers.js";
import { createPathOverlay } from "../annotate/path_overlay.js";
import { nearestHandle } from "./points.js";

const radians = (degrees) => (degrees * Math.PI) / 180;

// A point of the ellipse's own axes, in pixels of the picture; and the other way round.
function outward({ x, y, angle }, along, across) {
  const [cos, sin] = [Math.cos(radians(angle)), Math.sin(radians(angle))];
  return { x: x + along * cos - across * sin, y: y + along * sin + across * cos };
}

function inward({ x, y, angle }, point) {
  const [cos, sin] = [Math.cos(radians(angle)), Math.sin(radians(angle))];
  const [dx, dy] = [point.x - x, point.y - y];
  return { along: dx * cos + dy * sin, across: -dx * sin + dy * cos };
}

const AXES = { e: [1, 0], s: [0, 1], w: [-1, 0], n: [0, -1] };
const HANDLES = ["e", "s", "w", "n", "turn"];

function at(shape, handle) {
  if (handle === "turn") return outward(shape, shape.rx * 1.25 + 6, 0);
  const [along, across] = AXES[handle];
  return outward(shape, along * shape.rx, across * shape.ry);
}

const handlesOf = (shape) => HANDLES.map((id) => ({ id, ...at(shape, id) }));

function bounds({ x, y, rx, ry, angle }) {
  const [cos, sin] = [Math.cos(radians(angle)), Math.sin(radians(angle))];
  const [wide, high] = [Math.hypot(rx * cos, ry * sin), Math.hypot(rx * sin, ry * cos)];
  return { x1: x - wide, y1: y - high, x2: x + wide, y2: y + high };
}

function dragged(shape, handle, dx, dy, size, minimum) {
  const start = at(shape, handle);
  const to = { x: start.x + dx, y: start.y + dy };
  if (handle === "turn") return { ...shape, angle: (Math.atan2(to.y - shape.y, to.x - shape.x) * 180) / Math.PI };
  const { along, across } = inward(shape, to);
  const least = minimum / 2;
  return handle === "e" || handle === "w" ? { ...shape, rx: Math.max(Math.abs(along), least) } : { ...shape, ry: Math.max(Math.abs(across), least) };
}

// How far from the outline a point lies, in units in which the outline is at 1.
const share = (shape, point) => {
  const { along, across } = inward(shape, point);
  return Math.hypot(along / shape.rx, across / shape.ry);
};

export const ELLIPSE = {
  kind: "ellipse",
  list: "ellipses",
  one: "ellipse",
  many: "ellipses",
  names: ["x", "y", "rx", "ry", "angle"],
  points: 2,
  drag: "corners",
  make([from, to = from], size) {
    const [ax, bx] = [clamp(from.x, 0, size.width), clamp(to.x, 0, size.width)];
    const [ay, by] = [clamp(from.y, 0, size.height), clamp(to.y, 0, size.height)];
    return { x: (ax + bx) / 2, y: (ay + by) / 2, rx: Math.abs(bx - ax) / 2, ry: Math.abs(by - ay) / 2, angle: 0 };
  },
  round: (shape) => ({ ...shape, x: round1(shape.x), y: round1(shape.y), rx: round1(shape.rx), ry: round1(shape.ry), angle: round1(((shape.angle % 180) + 180) % 180) % 180 }),
  fits: ({ rx, ry }, minimum, size) => 2 * Math.min(rx, ry) + 0.05 >= Math.min(minimum, size.width, size.height),
  tooSmall: (minimum) => `Too small: an ellipse needs at least ${minimum} pixels across.`,
  bounds,
  moved: (shape, dx, dy, size) => ({ ...shape, x: clamp(shape.x + dx, 0, size.width), y: clamp(shape.y + dy, 0, size.height) }),
  dragged,
  grown: (shape, dx, dy, size, minimum, handle) =>
    handle === "turn" ? { ...shape, angle: shape.angle + dx + dy } : { ...shape, rx: Math.max(shape.rx + dx, minimum / 2), ry: Math.max(shape.ry + dy, minimum / 2) },
  handles: handlesOf,
  handleAt: (shape, view, point, reach) => nearestHandle(handlesOf(shape), view, point, reach),
  at,
  cursor: (handle) => (handle === "turn" ? "grab" : "move"),
  onOutline: (shape, point, reach) => Math.abs(share(shape, point) - 1) * Math.min(shape.rx, shape.ry) <= reach,
  contains: (shape, point) => share(shape, point) <= 1,
  area: ({ rx, ry }) => Math.PI * rx * ry,
  size: ({ rx, ry, angle }) => `${Math.round(2 * rx)} × ${Math.round(2 * ry)}${angle ? `, ${Math.round(angle)}°` : ""}`,
  trace(context, { x, y, rx, ry, angle }, view) {
    const [cx, cy] = [x * view.scale + view.x, y * view.scale + view.y];
    context.moveTo(cx + rx * view.scale * Math.cos(radians(angle)), cy + rx * view.scale * Math.sin(radians(angle)));
    context.ellipse(cx, cy, rx * view.scale, ry * view.scale, radians(angle), 0, 2 * Math.PI);
  },
  named: (handle) => (handle === "turn" ? "The angle. Ctrl and arrows turn it." : "Ctrl and arrows change the axes."),
  overlay: createPathOverlay,
  how: "Drag, or click two corners of the box around it; the handle outside turns it.",
};
