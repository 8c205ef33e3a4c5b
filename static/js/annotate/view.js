// Where the picture lies on the stage: screen = picture × scale + (x, y). Plain data and pure functions.
// `stage` and `picture` are {width, height}; stage in CSS pixels, picture in its own.

import { clamp } from "./numbers.js";

export const PADDING = 8;
export const MAX_SCALE = 32;
// How much of the picture stays in sight however far it is dragged away, in CSS pixels.
const IN_SIGHT = 64;

// The whole picture on the stage, or a `region` {x1, y1, x2, y2} of it.
export function fit(stage, picture, padding = PADDING, region = { x1: 0, y1: 0, x2: picture.width, y2: picture.height }) {
  const room = { width: Math.max(stage.width - 2 * padding, 1), height: Math.max(stage.height - 2 * padding, 1) };
  const { x1, y1, x2, y2 } = region;
  const scale = Math.min(room.width / (x2 - x1), room.height / (y2 - y1), MAX_SCALE);
  return { scale, x: (stage.width - (x1 + x2) * scale) / 2, y: (stage.height - (y1 + y2) * scale) / 2 };
}

export function limits(stage, picture) {
  const whole = fit(stage, picture).scale;
  return { low: whole / 2, high: Math.max(MAX_SCALE, whole) };
}

export const toScreen = (view, point) => ({ x: point.x * view.scale + view.x, y: point.y * view.scale + view.y });
export const toPicture = (view, point) => ({ x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale });

export function boxToScreen(view, box) {
  return {
    x1: box.x1 * view.scale + view.x,
    y1: box.y1 * view.scale + view.y,
    x2: box.x2 * view.scale + view.x,
    y2: box.y2 * view.scale + view.y,
  };
}

// Scaled by `factor` with the screen point `at` staying where it is.
export function zoomAt(view, factor, at, stage, picture) {
  const { low, high } = limits(stage, picture);
  const scale = clamp(view.scale * factor, low, high);
  const real = scale / view.scale;
  return keepInSight(
    { scale, x: at.x - (at.x - view.x) * real, y: at.y - (at.y - view.y) * real },
    stage,
    picture,
  );
}

export function panBy(view, dx, dy, stage, picture) {
  return keepInSight({ ...view, x: view.x + dx, y: view.y + dy }, stage, picture);
}

export function keepInSight(view, stage, picture) {
  const shown = (side, length) => Math.min(IN_SIGHT, side, length * view.scale);
  const across = shown(stage.width, picture.width);
  const down = shown(stage.height, picture.height);
  return {
    scale: view.scale,
    x: clamp(view.x, across - picture.width * view.scale, stage.width - across),
    y: clamp(view.y, down - picture.height * view.scale, stage.height - down),
  };
}

// Quarter turns, clockwise: the stage as those see it who draw (`room`), where a point of it lies for them, and the CSS
// that turns what they drew.
export const turnedRoom = (turns, { width, height }) => (turns % 2 ? { width: height, height: width } : { width, height });

export function unturned(turns, { x, y }, { width, height }) {
  return [{ x, y }, { x: y, y: width - x }, { x: width - x, y: height - y }, { x: height - y, y: x }][turns];
}

export function turnStyle(turns, { width, height }) {
  const [x, y] = [[0, 0], [width, 0], [width, height], [0, height]][turns];
  return turns ? `translate(${x}px, ${y}px) rotate(${turns * 90}deg)` : "";
}

// After the stage changed its size: what was in the middle stays in the middle.
export function recentre(view, before, stage, picture) {
  return panBy(view, (stage.width - before.width) / 2, (stage.height - before.height) / 2, stage, picture);
}

// Moved just enough that a box lies on the stage (its middle, when it is larger than the stage).
export function reveal(view, box, stage, picture, margin = 24) {
  const at = boxToScreen(view, box);
  const shift = (low, high, side) => {
    if (high - low > side - 2 * margin) return side / 2 - (low + high) / 2;
    return Math.max(margin - low, 0) + Math.min(side - margin - high, 0);
  };
  return panBy(view, shift(at.x1, at.x2, stage.width), shift(at.y1, at.y2, stage.height), stage, picture);
}
