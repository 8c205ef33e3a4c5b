// Cells, run lengths and steps of painting, without a browser.

import assert from "node:assert/strict";
import test from "node:test";

import * as bitmap from "../../static/js/masks/bitmap.js";
import { pack, unpack } from "../../static/js/masks/rle.js";
import { createSteps } from "../../static/js/masks/steps.js";

const SIZE = { width: 10, height: 9 };
const rows = (map) => Array.from({ length: map.height }, (_, y) => Array.from({ length: map.width }, (_, x) => map.cells[x * map.height + y] || ".").join(""));
const count = (map, value) => map.cells.filter((cell) => cell === value).length;

test("runs are packed as pycocotools packs them", () => {
  const runs = [6, 1, 40, 4, 5, 4, 5, 4, 21];
  assert.equal(pack(runs), "61X13mN000`0");
  assert.deepEqual(unpack("61X13mN000`0"), runs);
  const long = [0, 4_000_000, 1, 2, 4_000_000, 31, 32, 16, 15, 0];
  assert.deepEqual(unpack(pack(long)), long);
});

test("a disc and a stroke cover the cells whose middle they reach", () => {
  const map = bitmap.create(SIZE);
  assert.deepEqual(bitmap.disc(map, { x: 3, y: 3 }, 1.5, 1), { x1: 1, y1: 1, x2: 5, y2: 5 });
  assert.deepEqual(rows(map).slice(0, 6), ["..........", "..........", "..11......", "..11......", "..........", ".........."]);
  bitmap.stroke(map, { x: 1.5, y: 6.5 }, { x: 8.5, y: 6.5 }, 1, 2);
  assert.deepEqual(rows(map)[6], ".22222222.");
  assert.equal(bitmap.disc(map, { x: -20, y: 3 }, 2, 1), null);
});

test("the thinnest brush leaves no gaps and stays on the picture", () => {
  const map = bitmap.create(SIZE);
  bitmap.stroke(map, { x: 0.5, y: 0.5 }, { x: 8.5, y: 8.5 }, 0.5, 1);
  for (let n = 0; n < 9; n += 1) assert.equal(map.cells[n * 9 + n], 1);
  const before = map.cells.slice();
  bitmap.disc(map, { x: 4, y: -0.3 }, 0.5, 2);
  assert.equal(map.cells.filter((cell, at) => cell !== before[at] && at % 9 !== 0).length, 0);
});

test("what a class encloses is filled, other classes and open shapes are left", () => {
  const map = bitmap.create(SIZE);
  bitmap.polygon(map, [{ x: 1, y: 1 }, { x: 8, y: 1 }, { x: 8, y: 8 }, { x: 1, y: 8 }], 1);
  bitmap.polygon(map, [{ x: 2, y: 2 }, { x: 7, y: 2 }, { x: 7, y: 7 }, { x: 2, y: 7 }], 0);
  bitmap.disc(map, { x: 4.5, y: 4.5 }, 0.5, 2);
  assert.deepEqual(bitmap.fillEnclosed(map, 1), { x1: 1, y1: 1, x2: 8, y2: 8 });
  assert.equal(count(map, 1), 48);
  assert.equal(count(map, 2), 1);
  assert.equal(bitmap.fillEnclosed(map, 1), null);
  assert.equal(bitmap.fillEnclosed(map, 3), null);
  bitmap.polygon(map, [{ x: 3, y: 0 }, { x: 4, y: 0 }, { x: 4, y: 8 }, { x: 3, y: 8 }], 0);
  bitmap.polygon(map, [{ x: 4, y: 3 }, { x: 7, y: 3 }, { x: 7, y: 4 }, { x: 4, y: 4 }], 0);
  assert.equal(bitmap.fillEnclosed(map, 1), null);
});

test("a mask is written and read; one of the picture's size fits coarser cells, another is left out", () => {
  const map = bitmap.create(SIZE);
  bitmap.polygon(map, [{ x: 2, y: 1 }, { x: 10, y: 1 }, { x: 10, y: 9 }, { x: 2, y: 9 }], 2);
  const [none, runs] = bitmap.runs(map, 2);
  assert.equal(none, null);
  assert.equal(runs.reduce((sum, one) => sum + one), 90);
  const again = bitmap.create(SIZE);
  assert.equal(bitmap.put(again, { size: [9, 10], counts: pack(runs) }, 2, SIZE), true);
  assert.deepEqual(rows(again), rows(map));
  for (const wrong of [{ size: [10, 9], counts: pack(runs) }, { size: [9, 10], counts: pack(runs.slice(1)) }, { counts: 3 }, { size: [9, 10], counts: 3 }]) assert.equal(bitmap.put(again, wrong, 1, SIZE), false);

  const large = { width: 4100, height: 2050 };
  const coarse = bitmap.create(large);
  assert.deepEqual([coarse.step, coarse.width, coarse.height], [2, 2050, 1025]);
  assert.equal(bitmap.put(coarse, { size: [2050, 4100], counts: [0, 2050 * 100, 2050 * 4000] }, 1, large), true);
  assert.equal(count(coarse, 1), 50 * 1025);
});

test("steps of the largest masks agree with the server's", () => {
  for (const [width, height, step] of [[640, 480, 1], [2048, 2048, 1], [2049, 2048, 2], [8000, 5000, 4], [100000, 100000, 49], [100000, 1, 1]]) assert.equal(bitmap.stepOf({ width, height }), step);
});

test("steps go back and forth, and one that changed nothing is none", () => {
  const map = bitmap.create(SIZE);
  const drawn = [];
  const steps = createSteps(map, (area) => drawn.push(area));
  const paint = (x, value) => {
    steps.begin();
    steps.touch(bitmap.disc(map, { x, y: 4 }, 1.5, value));
    return steps.end();
  };
  assert.equal(paint(3, 1), true);
  const one = rows(map);
  assert.equal(paint(3, 1), false);
  assert.equal(paint(4, 2), true);
  const two = rows(map);
  steps.undo();
  assert.deepEqual(rows(map), one);
  steps.undo();
  assert.equal(count(map, 0), 90);
  assert.equal(steps.undo(), false);
  steps.redo();
  steps.redo();
  assert.deepEqual(rows(map), two);
  steps.begin();
  steps.touch(bitmap.disc(map, { x: 7, y: 7 }, 2, 1));
  steps.cancel();
  assert.deepEqual(rows(map), two);
  assert.equal(drawn.length, 9);
});
