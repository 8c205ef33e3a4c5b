// Boxes {x1, y1, x2, y2} and points {x, y} as plain numbers. Pure: nothing here knows the DOM.
// Boxes live in pixels of the picture; the functions named `pick…` and `hit…` say in which space they work.

import { clamp } from "./numbers.js";

export const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

// To 0.1 pixel, as the server keeps it; `+ 0` turns -0 into 0.
export const round1 = (value) => Math.round(value * 10) / 10 + 0;

export const widthOf = (box) => box.x2 - box.x1;
export const heightOf = (box) => box.y2 - box.y1;
export const areaOf = (box) => widthOf(box) * heightOf(box);

export const sizeText = (box) => `${Math.round(widthOf(box))} × ${Math.round(heightOf(box))}`;

// The box between two opposite corners, whichever way round, cut off at the picture's edges.
export function boxBetween(a, b, size) {
  return {
    x1: clamp(Math.min(a.x, b.x), 0, size.width),
    y1: clamp(Math.min(a.y, b.y), 0, size.height),
    x2: clamp(Math.max(a.x, b.x), 0, size.width),
    y2: clamp(Math.max(a.y, b.y), 0, size.height),
  };
}

export function roundBox(box) {
  return { ...box, x1: round1(box.x1), y1: round1(box.y1), x2: round1(box.x2), y2: round1(box.y2) };
}

// The server compares the rounded sides, and lets a box span a picture that is smaller than the smallest side.
export function isBigEnough(box, minimum, size) {
  const { x1, y1, x2, y2 } = roundBox(box);
  return (
    round1(x2 - x1) >= Math.min(minimum, size.width) && round1(y2 - y1) >= Math.min(minimum, size.height)
  );
}

// Moved as a whole; it stops at the picture's edges and keeps its size.
export function moveBox(box, dx, dy, size) {
  const left = clamp(dx, -box.x1, size.width - box.x2);
  const down = clamp(dy, -box.y1, size.height - box.y2);
  return { ...box, x1: box.x1 + left, x2: box.x2 + left, y1: box.y1 + down, y2: box.y2 + down };
}

// One handle moved by (dx, dy). An edge stops at the picture's edge, and `minimum` short of the opposite edge.
export function resizeBox(box, handle, dx, dy, size, minimum) {
  const next = { ...box };
  if (handle.includes("w")) next.x1 = clamp(box.x1 + dx, 0, Math.max(box.x2 - minimum, 0));
  if (handle.includes("e")) next.x2 = clamp(box.x2 + dx, Math.min(box.x1 + minimum, size.width), size.width);
  if (handle.includes("n")) next.y1 = clamp(box.y1 + dy, 0, Math.max(box.y2 - minimum, 0));
  if (handle.includes("s")) next.y2 = clamp(box.y2 + dy, Math.min(box.y1 + minimum, size.height), size.height);
  return next;
}

export function handlePoint(box, handle) {
  const x = handle.includes("w") ? box.x1 : handle.includes("e") ? box.x2 : (box.x1 + box.x2) / 2;
  const y = handle.includes("n") ? box.y1 : handle.includes("s") ? box.y2 : (box.y1 + box.y2) / 2;
  return { x, y };
}

// The handle nearest to a point, if within `reach`; corners win over edges at equal distance. Any one space.
export function hitHandle(box, point, reach) {
  let best = null;
  let nearest = Infinity;
  for (const handle of HANDLES) {
    // Middle handles of a narrow box would lie on its corners: leave the corners alone there.
    if (handle.length === 1 && (/[ns]/.test(handle) ? widthOf(box) : heightOf(box)) < reach * 4) continue;
    const at = handlePoint(box, handle);
    const distance = Math.max(Math.abs(at.x - point.x), Math.abs(at.y - point.y)) + (handle.length === 1 ? 0.01 : 0);
    if (distance <= reach && distance < nearest) {
      nearest = distance;
      best = handle;
    }
  }
  return best;
}

export function contains(box, point) {
  return point.x >= box.x1 && point.x <= box.x2 && point.y >= box.y1 && point.y <= box.y2;
}

// Whether a point is within `reach` of the outline. Any one space.
export function hitBorder(box, point, reach) {
  const outer = { x1: box.x1 - reach, y1: box.y1 - reach, x2: box.x2 + reach, y2: box.y2 + reach };
  if (!contains(outer, point)) return false;
  return !(
    point.x > box.x1 + reach && point.x < box.x2 - reach && point.y > box.y1 + reach && point.y < box.y2 - reach
  );
}

// The smallest shape whose outline is within `reach` of the point, or null. `reach` in pixels of the picture.
export function pickBorder(form, shapes, point, reach) {
  let best = null;
  for (const shape of shapes) {
    if (form.onOutline(shape, point, reach) && (!best || form.area(shape) < form.area(best))) best = shape;
  }
  return best;
}

// The smallest shape around a point; when `current` already is one of them, the next larger, and then round again.
export function pickInside(form, shapes, point, current = null) {
  const around = shapes.filter((shape) => form.contains(shape, point)).sort((a, b) => form.area(a) - form.area(b));
  if (!around.length) return null;
  const place = around.findIndex((shape) => shape.id === current);
  return around[(place + 1) % around.length];
}

// How far a value has to move to the nearest of `lines` (sorted) within `reach`; 0 where there is none.
export function snapShift(value, lines, reach) {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle] < value) low = middle + 1;
    else high = middle;
  }
  const near = [lines[low - 1], lines[low]].filter((line) => line !== undefined && Math.abs(line - value) <= reach);
  return near.length ? near.reduce((a, b) => (Math.abs(b - value) < Math.abs(a - value) ? b : a)) - value : 0;
}

// Groups of boxes that are the same box drawn twice (same class, every edge within `slack` pixels): the later ids.
export function repeated(boxes, slack = 1) {
  const doubles = [];
  const sorted = [...boxes].sort((a, b) => a.x1 - b.x1);
  for (let i = 0; i < sorted.length; i += 1) {
    for (let j = i + 1; j < sorted.length && sorted[j].x1 - sorted[i].x1 <= slack; j += 1) {
      const [a, b] = [sorted[i], sorted[j]];
      const near = ["y1", "x2", "y2"].every((edge) => Math.abs(a[edge] - b[edge]) <= slack);
      if (near && a.class === b.class) doubles.push(Math.max(a.id, b.id));
    }
  }
  return [...new Set(doubles)].sort((a, b) => a - b);
}
