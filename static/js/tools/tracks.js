// Tracks of a film as plain data: {id, class, frames: [{at, x1, y1, x2, y2}]}, moments in milliseconds, rising. Pure.

let serial = 0;

const CORNERS = ["x1", "y1", "x2", "y2"];
const round = (number) => Math.round(number * 10) / 10;

export const worked = (rows, styles) =>
  (rows ?? [])
    .filter((row) => styles.has(row.class) && row.frames?.length)
    .map((row) => ({ id: (serial += 1), class: row.class, frames: row.frames.map(({ at, x1, y1, x2, y2 }) => ({ at, x1, y1, x2, y2 })) }));

export const answered = (tracks) =>
  tracks.map(({ class: key, frames }) => ({ class: key, frames: frames.map((frame) => ({ at: frame.at, ...Object.fromEntries(CORNERS.map((name) => [name, round(frame[name])])) })) }));

// The moment a frame begins at, for a film of so many frames a second; and the frame that shows at a moment.
export const momentOf = (frame, rate) => Math.round((frame * 1000) / rate);
// Half a millisecond more, for moments were rounded.
export const frameAt = (ms, rate) => Math.max(Math.floor(((ms + 0.5) * rate) / 1000 + 1e-6), 0);

// Where a track's box is: {box, state} with state "key", "between", or "before" and "after", where it is not there.
export function boxAt({ frames }, at) {
  const next = frames.findIndex((frame) => frame.at >= at);
  if (next >= 0 && frames[next].at === at) return { box: frames[next], state: "key" };
  if (next === 0) return { box: frames[0], state: "before" };
  if (next < 0) return { box: frames.at(-1), state: "after" };
  const [one, other] = [frames[next - 1], frames[next]];
  const share = (at - one.at) / (other.at - one.at);
  return { box: Object.fromEntries(CORNERS.map((name) => [name, one[name] + (other[name] - one[name]) * share])), state: "between" };
}

const change = (tracks, id, make) => tracks.map((track) => (track.id === id ? make(track) : track));

export function begun(tracks, key, at, box) {
  const track = { id: (serial += 1), class: key, frames: [{ at, ...box }] };
  return { tracks: [...tracks, track], id: track.id };
}

// The box of a track on the frame at `at`, which becomes a key frame.
export const placed = (tracks, id, at, box) =>
  change(tracks, id, (track) => ({ ...track, frames: [...track.frames.filter((frame) => frame.at !== at), { at, x1: box.x1, y1: box.y1, x2: box.x2, y2: box.y2 }].sort((a, b) => a.at - b.at) }));

// Without the key frame at `at`; a track's last one stays.
export const without = (tracks, id, at) => change(tracks, id, (track) => (track.frames.length > 1 ? { ...track, frames: track.frames.filter((frame) => frame.at !== at) } : track));

// The track ends here: where it is now is its last key frame. One that has not begun by then stays as it is.
export const ended = (tracks, id, at) =>
  change(tracks, id, (track) => {
    if (at < track.frames[0].at) return track;
    const { box } = boxAt(track, at);
    return { ...track, frames: [...track.frames.filter((frame) => frame.at < at), { at, x1: box.x1, y1: box.y1, x2: box.x2, y2: box.y2 }] };
  });

export const classed = (tracks, id, key) => change(tracks, id, (track) => ({ ...track, class: key }));
export const removed = (tracks, id) => tracks.filter((track) => track.id !== id);

// The moment of the key frame before or after; null where there is none.
export function keyBeside({ frames }, at, step) {
  const found = step > 0 ? frames.find((frame) => frame.at > at) : frames.findLast((frame) => frame.at < at);
  return found?.at ?? null;
}

// A box between two points, inside a picture.
export function between(one, other, { width, height }) {
  const inside = (value, most) => Math.min(Math.max(value, 0), most);
  const [x1, x2] = [inside(one.x, width), inside(other.x, width)].sort((a, b) => a - b);
  const [y1, y2] = [inside(one.y, height), inside(other.y, height)].sort((a, b) => a - b);
  return { x1, y1, x2, y2 };
}

export const largeEnough = ({ x1, y1, x2, y2 }, least, { width, height }) => round(x2 - x1) >= Math.min(least, width) && round(y2 - y1) >= Math.min(least, height);

// Moved as a whole, or by the edges that a handle names ("nw", "e", …); inside the picture, no smaller than the least.
export function dragged(box, handle, dx, dy, size, least) {
  const clamp = (value, from, to) => Math.min(Math.max(value, from), to);
  if (!handle) {
    const [x, y] = [clamp(dx, -box.x1, size.width - box.x2), clamp(dy, -box.y1, size.height - box.y2)];
    return { x1: box.x1 + x, y1: box.y1 + y, x2: box.x2 + x, y2: box.y2 + y };
  }
  const next = { x1: box.x1, y1: box.y1, x2: box.x2, y2: box.y2 };
  if (handle.includes("w")) next.x1 = clamp(box.x1 + dx, 0, box.x2 - least);
  if (handle.includes("e")) next.x2 = clamp(box.x2 + dx, box.x1 + least, size.width);
  if (handle.includes("n")) next.y1 = clamp(box.y1 + dy, 0, box.y2 - least);
  if (handle.includes("s")) next.y2 = clamp(box.y2 + dy, box.y1 + least, size.height);
  return next;
}
