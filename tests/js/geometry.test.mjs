import assert from "node:assert/strict";
import { test } from "node:test";

import * as g from "../../static/js/annotate/geometry.js";

import { BOX } from "../../static/js/forms/box.js";

const SIZE = { width: 100, height: 80 };
const box = (x1, y1, x2, y2, more = {}) => ({ x1, y1, x2, y2, ...more });

test("boxBetween takes corners in any order and stays on the picture", () => {
  assert.deepEqual(g.boxBetween({ x: 30, y: 40 }, { x: 10, y: 20 }, SIZE), box(10, 20, 30, 40));
  assert.deepEqual(g.boxBetween({ x: -5, y: 90 }, { x: 120, y: 10 }, SIZE), box(0, 10, 100, 80));
});

test("round1 keeps one decimal and knows no minus zero", () => {
  assert.equal(g.round1(1.26), 1.3);
  assert.ok(Object.is(g.round1(-0.01), 0));
});

test("isBigEnough compares rounded sides and lets a box span a tiny picture", () => {
  assert.equal(g.isBigEnough(box(0, 0, 3.96, 9), 4, SIZE), true);
  assert.equal(g.isBigEnough(box(0, 0, 3.94, 9), 4, SIZE), false);
  assert.equal(g.isBigEnough(box(0, 0, 3, 2), 4, { width: 3, height: 2 }), true);
});

test("moveBox stops at the edges and keeps its size", () => {
  assert.deepEqual(g.moveBox(box(10, 10, 30, 20), 5, -3, SIZE), box(15, 7, 35, 17));
  assert.deepEqual(g.moveBox(box(10, 10, 30, 20), 500, -500, SIZE), box(80, 0, 100, 10));
});

test("resizeBox moves the edges of each of the eight handles", () => {
  const start = box(20, 20, 60, 60);
  const moved = {
    nw: box(25, 27, 60, 60), n: box(20, 27, 60, 60), ne: box(20, 27, 65, 60), e: box(20, 20, 65, 60),
    se: box(20, 20, 65, 67), s: box(20, 20, 60, 67), sw: box(25, 20, 60, 67), w: box(25, 20, 60, 60),
  };
  for (const handle of g.HANDLES) assert.deepEqual(g.resizeBox(start, handle, 5, 7, SIZE, 4), moved[handle], handle);
});

test("resizeBox stops at the smallest side and at the picture's edge", () => {
  assert.deepEqual(g.resizeBox(box(20, 20, 60, 60), "e", -100, 0, SIZE, 4), box(20, 20, 24, 60));
  assert.deepEqual(g.resizeBox(box(20, 20, 60, 60), "nw", 100, 100, SIZE, 4), box(56, 56, 60, 60));
  assert.deepEqual(g.resizeBox(box(20, 20, 60, 60), "se", 999, 999, SIZE, 4), box(20, 20, 100, 80));
});

test("hitHandle finds the nearest of the eight handles within reach", () => {
  const at = box(100, 100, 200, 200);
  const points = { nw: [98, 101], n: [150, 103], ne: [201, 97], e: [204, 150], se: [203, 203], s: [149, 199], sw: [97, 202], w: [100, 152] };
  for (const [handle, [x, y]] of Object.entries(points)) assert.equal(g.hitHandle(at, { x, y }, 7), handle);
  assert.equal(g.hitHandle(at, { x: 150, y: 150 }, 7), null);
  assert.equal(g.hitHandle(at, { x: 120, y: 100 }, 7), null);
});

test("hitHandle leaves the middle handles of a small box out", () => {
  const at = box(100, 100, 112, 200);
  assert.equal(g.hitHandle(at, { x: 106, y: 100 }, 7), "nw");
  assert.equal(g.hitHandle(at, { x: 100, y: 150 }, 7), "w");
});

test("hitBorder is the outline only", () => {
  const at = box(10, 10, 50, 50);
  assert.equal(g.hitBorder(at, { x: 12, y: 30 }, 4), true);
  assert.equal(g.hitBorder(at, { x: 7, y: 30 }, 4), true);
  assert.equal(g.hitBorder(at, { x: 30, y: 30 }, 4), false);
  assert.equal(g.hitBorder(at, { x: 60, y: 30 }, 4), false);
});

test("pickBorder prefers the smallest box", () => {
  const boxes = [box(0, 0, 50, 50, { id: 1 }), box(0, 0, 20, 20, { id: 2 })];
  assert.equal(g.pickBorder(BOX, boxes, { x: 1, y: 10 }, 3).id, 2);
  assert.equal(g.pickBorder(BOX, boxes, { x: 30, y: 30 }, 3), null);
});

test("pickInside goes through a stack of boxes, smallest first, and round again", () => {
  const boxes = [box(0, 0, 90, 70, { id: 1 }), box(10, 10, 50, 50, { id: 2 }), box(20, 20, 40, 40, { id: 3 })];
  const at = { x: 30, y: 30 };
  assert.equal(g.pickInside(BOX, boxes, at).id, 3);
  assert.equal(g.pickInside(BOX, boxes, at, 3).id, 2);
  assert.equal(g.pickInside(BOX, boxes, at, 2).id, 1);
  assert.equal(g.pickInside(BOX, boxes, at, 1).id, 3);
  assert.equal(g.pickInside(BOX, boxes, { x: 95, y: 75 }), null);
});

test("repeated names the later of two boxes that are the same", () => {
  const boxes = [
    box(0, 0, 10, 10, { id: 1, class: "a" }),
    box(0.5, 0, 10, 9.5, { id: 2, class: "a" }),
    box(0, 0, 10, 10, { id: 3, class: "b" }),
    box(40, 0, 50, 10, { id: 4, class: "a" }),
  ];
  assert.deepEqual(g.repeated(boxes), [2]);
  assert.deepEqual(g.repeated([]), []);
});
