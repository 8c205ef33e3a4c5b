// Tracks of a film, without a browser.

import assert from "node:assert/strict";
import test from "node:test";

import { answered, begun, between, boxAt, dragged, ended, frameAt, keyBeside, largeEnough, momentOf, placed, without, worked } from "../../static/js/tools/tracks.js";

const styles = new Map([["cat", {}]]);
const frame = (at, x) => ({ at, x1: x, y1: 0, x2: x + 10, y2: 10 });
const [track] = worked([{ class: "cat", frames: [frame(0, 0), frame(100, 50)], votes: 2 }], styles);
const SIZE = { width: 200, height: 100 };

test("moments and frames belong together, whatever the rate", () => {
  for (const rate of [10, 24, 25, 29.97, 30, 60]) for (const n of [0, 1, 7, 24, 999]) assert.equal(frameAt(momentOf(n, rate), rate), n, `${n} at ${rate}`);
  assert.equal(frameAt(momentOf(3, 10) + 50, 10), 3);
});

test("between key frames the box moves straight; before and after it is not there", () => {
  const at = (ms) => [boxAt(track, ms).state, boxAt(track, ms).box.x1];
  assert.deepEqual([at(0), at(50), at(100), at(140)], [["key", 0], ["between", 25], ["key", 50], ["after", 50]]);
  assert.deepEqual(boxAt({ frames: [frame(40, 5)] }, 0), { box: frame(40, 5), state: "before" });
});

test("a box put somewhere makes a key frame, in order, or takes the place of the one that is there", () => {
  const [more] = placed([track], track.id, 40, frame(0, 99));
  assert.deepEqual(more.frames.map(({ at, x1 }) => [at, x1]), [[0, 0], [40, 99], [100, 50]]);
  const [again] = placed([more], track.id, 40, frame(0, 7));
  assert.deepEqual(again.frames.map(({ x1 }) => x1), [0, 7, 50]);
  assert.deepEqual(without([again], track.id, 40)[0].frames, track.frames);
  assert.deepEqual(without([{ ...track, frames: [frame(0, 0)] }], track.id, 0)[0].frames.length, 1);
});

test("a track ends where it is", () => {
  assert.deepEqual(ended([track], track.id, 50)[0].frames.map(({ at, x1 }) => [at, x1]), [[0, 0], [50, 25]]);
  assert.deepEqual(ended([track], track.id, 300)[0].frames.map(({ at, x1 }) => [at, x1]), [[0, 0], [100, 50], [300, 50]]);
  assert.deepEqual([keyBeside(track, 50, 1), keyBeside(track, 50, -1), keyBeside(track, 100, 1)], [100, 0, null]);
});

test("boxes stay inside the picture and keep their least size", () => {
  assert.deepEqual(between({ x: 50, y: 120 }, { x: -9, y: 20 }, SIZE), { x1: 0, y1: 20, x2: 50, y2: 100 });
  const box = { x1: 10, y1: 10, x2: 50, y2: 40 };
  assert.deepEqual(dragged(box, "", 500, -500, SIZE, 4), { x1: 160, y1: 0, x2: 200, y2: 30 });
  assert.deepEqual(dragged(box, "nw", 100, -100, SIZE, 4), { x1: 46, y1: 0, x2: 50, y2: 40 });
  assert.deepEqual(dragged(box, "e", 1000, 5, SIZE, 4), { ...box, x2: 200 });
  assert.deepEqual([largeEnough(box, 30, SIZE), largeEnough(box, 31, SIZE), largeEnough({ x1: 0, y1: 0, x2: 200, y2: 100 }, 500, SIZE)], [true, false, true]);
});

test("an answer comes back as it was given, in tenths of pixels", () => {
  const { tracks } = begun([], "cat", 40, { x1: 1.234, y1: 0, x2: 9, y2: 9 });
  assert.deepEqual(answered([track, ...tracks]), [
    { class: "cat", frames: [frame(0, 0), frame(100, 50)] },
    { class: "cat", frames: [{ at: 40, x1: 1.2, y1: 0, x2: 9, y2: 9 }] },
  ]);
  assert.deepEqual(worked([{ class: "dog", frames: [frame(0, 0)] }, { class: "cat", frames: [] }], styles), []);
});
