// What is painted, as numbers: a byte a cell, 0 for nothing, else the place of its class from 1 on. Cells stand column after
// column, as COCO counts them. A large picture has coarser cells: squares of `step` pixels (tasks_app/tools/mask.py).
//
// Areas are {x1, y1, x2, y2} in cells, x2 and y2 excluded; points are in cells, too, of any fraction. Every function that
// paints returns the area that it touched, or null.

import { unpack } from "./rle.js";

export const MOST_CELLS = 1 << 22;

export function stepOf({ width, height }) {
  let step = Math.max(1, Math.floor(Math.sqrt((width * height) / MOST_CELLS)));
  while (Math.ceil(width / step) * Math.ceil(height / step) > MOST_CELLS) step += 1;
  return step;
}

// Of a picture of {width, height}.
export function create(size) {
  const step = stepOf(size);
  const [width, height] = [Math.ceil(size.width / step), Math.ceil(size.height / step)];
  return { step, width, height, cells: new Uint8Array(width * height) };
}

export const whole = ({ width, height }) => ({ x1: 0, y1: 0, x2: width, y2: height });

export function joined(a, b) {
  if (!a || !b) return a ?? b;
  return { x1: Math.min(a.x1, b.x1), y1: Math.min(a.y1, b.y1), x2: Math.max(a.x2, b.x2), y2: Math.max(a.y2, b.y2) };
}

// Cells whose middle lies between `low` and `high`, in column x.
function fillColumn(map, x, low, high, value) {
  const from = Math.max(Math.ceil(low - 0.5), 0);
  const to = Math.min(Math.ceil(high - 0.5), map.height);
  if (to > from) map.cells.fill(value, x * map.height + from, x * map.height + to);
}

function area(map, x1, y1, x2, y2) {
  const found = {
    x1: Math.max(Math.floor(x1), 0),
    y1: Math.max(Math.floor(y1), 0),
    x2: Math.min(Math.ceil(x2), map.width),
    y2: Math.min(Math.ceil(y2), map.height),
  };
  return found.x2 > found.x1 && found.y2 > found.y1 ? found : null;
}

// The cells within `radius` of a point; with half a cell, the one it lies in.
export function disc(map, { x, y }, radius, value) {
  const touched = area(map, x - radius, y - radius, x + radius, y + radius);
  if (!touched) return null;
  for (let column = touched.x1; column < touched.x2; column += 1) {
    const across = column + 0.5 - x;
    const half = Math.sqrt(Math.max(radius * radius - across * across, 0));
    fillColumn(map, column, y - half, y + half, value);
  }
  if (radius <= 0.75 && x >= 0 && y >= 0 && x < map.width && y < map.height) map.cells[Math.floor(x) * map.height + Math.floor(y)] = value;
  return touched;
}

// The cells inside an outline, by the even-odd rule.
export function polygon(map, points, value) {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const touched = area(map, Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
  if (!touched || points.length < 3) return null;
  for (let column = touched.x1; column < touched.x2; column += 1) {
    const middle = column + 0.5;
    const cuts = [];
    points.forEach((a, place) => {
      const b = points[(place + 1) % points.length];
      if (a.x <= middle !== b.x <= middle) cuts.push(a.y + ((middle - a.x) / (b.x - a.x)) * (b.y - a.y));
    });
    cuts.sort((a, b) => a - b);
    for (let n = 0; n + 1 < cuts.length; n += 2) fillColumn(map, column, cuts[n], cuts[n + 1], value);
  }
  return touched;
}

// A stroke of a round brush from one point to the next.
export function stroke(map, from, to, radius, value) {
  let touched = disc(map, to, radius, value);
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (!length) return touched;
  touched = joined(touched, disc(map, from, radius, value));
  const [x, y] = [((from.y - to.y) / length) * radius, ((to.x - from.x) / length) * radius];
  const sides = [{ x: from.x + x, y: from.y + y }, { x: to.x + x, y: to.y + y }, { x: to.x - x, y: to.y - y }, { x: from.x - x, y: from.y - y }];
  touched = joined(touched, polygon(map, sides, value));
  // A brush thinner than a cell would leave gaps between the columns.
  if (radius <= 0.75) {
    for (let n = 1; n < length; n += 1) touched = joined(touched, disc(map, { x: from.x + ((to.x - from.x) * n) / length, y: from.y + ((to.y - from.y) * n) / length }, radius, value));
  }
  return touched;
}

// The area around the cells of a value.
export function extent(map, value) {
  const { width, height, cells } = map;
  const found = { x1: width, y1: height, x2: 0, y2: 0 };
  for (let x = 0; x < width; x += 1) {
    const column = cells.subarray(x * height, (x + 1) * height);
    const top = column.indexOf(value);
    if (top < 0) continue;
    found.x1 = Math.min(found.x1, x);
    found.x2 = x + 1;
    found.y1 = Math.min(found.y1, top);
    found.y2 = Math.max(found.y2, column.lastIndexOf(value) + 1);
  }
  return found.x2 ? found : null;
}

// Empty cells that cells of `value` enclose take it too: those that a walk from outside, through all others, does not reach.
export function fillEnclosed(map, value) {
  const bounds = extent(map, value);
  if (!bounds) return null;
  const { cells, height } = map;
  const [wide, high] = [bounds.x2 - bounds.x1 + 2, bounds.y2 - bounds.y1 + 2];
  const at = (n) => (bounds.x1 + Math.floor(n / high) - 1) * height + bounds.y1 + (n % high) - 1;
  const edge = (n) => n < high || n >= (wide - 1) * high || n % high === 0 || n % high === high - 1;
  const reached = new Uint8Array(wide * high);
  const waiting = [0];
  reached[0] = 1;
  while (waiting.length) {
    const n = waiting.pop();
    const row = n % high;
    for (const next of [n - high, n + high, row ? n - 1 : -1, row < high - 1 ? n + 1 : -1]) {
      if (next < 0 || next >= reached.length || reached[next]) continue;
      if (!edge(next) && cells[at(next)] === value) continue;
      reached[next] = 1;
      waiting.push(next);
    }
  }
  let filled = false;
  for (let n = 0; n < reached.length; n += 1) {
    if (reached[n] || edge(n) || cells[at(n)]) continue;
    cells[at(n)] = value;
    filled = true;
  }
  return filled ? bounds : null;
}

// The cells of an area, to be put back later.
export function cut({ height, cells }, { x1, y1, x2, y2 }) {
  const found = new Uint8Array((x2 - x1) * (y2 - y1));
  for (let x = x1; x < x2; x += 1) found.set(cells.subarray(x * height + y1, x * height + y2), (x - x1) * (y2 - y1));
  return found;
}

export function paste({ height, cells }, { x1, y1, x2, y2 }, piece) {
  const rows = y2 - y1;
  for (let x = x1; x < x2; x += 1) cells.set(piece.subarray((x - x1) * rows, (x - x1 + 1) * rows), x * height + y1);
}

// Run lengths of each value from 1 to `values`, background first; null for one without a cell.
export function runs({ cells }, values) {
  const edges = Array.from({ length: values + 1 }, () => []);
  let last = 0;
  for (let at = 0; at < cells.length; at += 1) {
    const value = cells[at];
    if (value === last) continue;
    if (last) edges[last].push(at);
    if (value) edges[value].push(at);
    last = value;
  }
  if (last) edges[last].push(cells.length);
  return edges.slice(1).map((turns) => {
    if (!turns.length) return null;
    const found = turns.map((turn, place) => turn - (place ? turns[place - 1] : 0));
    return turns.at(-1) < cells.length ? [...found, cells.length - turns.at(-1)] : found;
  });
}

// Puts a mask {size: [height, width], counts} onto the map: one of the map's size, or one of the picture's. False: it fits neither.
export function put(map, mask, value, picture) {
  const [height, width] = Array.isArray(mask.size) ? mask.size : [];
  const fine = height === picture.height && width === picture.width;
  if (!fine && (height !== map.height || width !== map.width)) return false;
  const lengths = typeof mask.counts === "string" ? unpack(mask.counts) : mask.counts;
  if (!Array.isArray(lengths) || lengths.some((one) => !(one >= 0)) || lengths.reduce((sum, one) => sum + one, 0) !== width * height) return false;
  const same = height === map.height && width === map.width;
  const cells = same ? map.cells : new Uint8Array(width * height);
  let at = 0;
  lengths.forEach((length, place) => {
    if (place % 2) cells.fill(value, at, at + length);
    at += length;
  });
  if (!same) sample(map, cells, height, width);
  return true;
}

// Each cell takes what the pixel in its middle has.
function sample(map, cells, height, width) {
  const middle = Math.floor(map.step / 2);
  for (let x = 0; x < map.width; x += 1) {
    const column = Math.min(x * map.step + middle, width - 1) * height;
    for (let y = 0; y < map.height; y += 1) {
      const value = cells[column + Math.min(y * map.step + middle, height - 1)];
      if (value) map.cells[x * map.height + y] = value;
    }
  }
}
