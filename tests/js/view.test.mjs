import assert from "node:assert/strict";
import { test } from "node:test";

import { loupeCorner } from "../../static/js/annotate/loupe.js";
import * as v from "../../static/js/annotate/view.js";

const STAGE = { width: 400, height: 300 };
const PICTURE = { width: 200, height: 100 };
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test("fit shows the whole picture in the middle", () => {
  assert.deepEqual(v.fit(STAGE, PICTURE, 0), { scale: 2, x: 0, y: 50 });
  const padded = v.fit(STAGE, PICTURE);
  near(padded.scale, 384 / 200);
  near(padded.x, 8);
});

test("fit survives a stage without room", () => {
  assert.ok(v.fit({ width: 0, height: 0 }, PICTURE).scale > 0);
});

test("screen and picture points are each other's inverse", () => {
  const view = { scale: 3.7, x: -12, y: 40 };
  const back = v.toPicture(view, v.toScreen(view, { x: 12.5, y: 99 }));
  near(back.x, 12.5);
  near(back.y, 99);
});

test("zoomAt keeps the point under the pointer where it is", () => {
  const before = v.fit(STAGE, PICTURE, 0);
  const at = { x: 123, y: 145 };
  const pinned = v.toPicture(before, at);
  const after = v.zoomAt(before, 2.5, at, STAGE, PICTURE);
  near(after.scale, 5);
  near(v.toScreen(after, pinned).x, 123);
  near(v.toScreen(after, pinned).y, 145);
});

test("zoomAt stops at its limits", () => {
  const start = v.fit(STAGE, PICTURE, 0);
  assert.equal(v.zoomAt(start, 1e9, { x: 0, y: 0 }, STAGE, PICTURE).scale, v.MAX_SCALE);
  assert.equal(v.zoomAt(start, 1e-9, { x: 0, y: 0 }, STAGE, PICTURE).scale, v.limits(STAGE, PICTURE).low);
});

test("panBy never loses the picture", () => {
  const away = v.panBy(v.fit(STAGE, PICTURE, 0), 1e6, -1e6, STAGE, PICTURE);
  assert.equal(away.x, STAGE.width - 64);
  assert.equal(away.y, 64 - PICTURE.height * 2);
});

test("recentre keeps the middle in the middle when the stage grows", () => {
  const view = { scale: 2, x: 0, y: 50 };
  const next = v.recentre(view, STAGE, { width: 600, height: 300 }, PICTURE);
  assert.deepEqual(next, { scale: 2, x: 100, y: 50 });
});

test("reveal moves only as far as it must", () => {
  const view = { scale: 4, x: 0, y: 0 };
  assert.deepEqual(v.reveal(view, { x1: 20, y1: 20, x2: 30, y2: 30 }, STAGE, PICTURE), view);
  assert.equal(v.reveal(view, { x1: 150, y1: 20, x2: 160, y2: 30 }, STAGE, PICTURE).x, 400 - 24 - 640);
});

test("the loupe stays beside the finger and on the stage", () => {
  const room = { width: 374, height: 500 };
  assert.deepEqual(loupeCorner({ x: 200, y: 300 }, room), { x: 142, y: 156 });
  assert.equal(loupeCorner({ x: 5, y: 300 }, room).x, 0);
  assert.deepEqual(loupeCorner({ x: 300, y: 20 }, room), { x: 156, y: 0 });
  assert.deepEqual(loupeCorner({ x: 50, y: 20 }, room), { x: 78, y: 0 });
});

test("a turned stage: its room, and where a point of it lies for those who draw", () => {
  const outer = { width: 300, height: 100 };
  assert.deepEqual([0, 1, 2, 3].map((turns) => v.turnedRoom(turns, outer).width), [300, 100, 300, 100]);
  // The corner that was on the upper left goes clockwise round the stage.
  const corners = [[0, 0], [300, 0], [300, 100], [0, 100]];
  corners.forEach(([x, y], turns) => assert.deepEqual(v.unturned(turns, { x, y }, outer), { x: 0, y: 0 }));
  assert.deepEqual(v.unturned(1, { x: 290, y: 20 }, outer), { x: 20, y: 10 });
  assert.equal(v.turnStyle(0, outer), "");
  assert.equal(v.turnStyle(3, outer), "translate(0px, 100px) rotate(270deg)");
});

test("a part of the picture fits the stage with some of what is around it", async () => {
  const { regionOf } = await import("../../static/js/tools/picture.js");
  assert.equal(regionOf({ width: 400, height: 300 }), undefined);
  const region = regionOf({ x1: 100, y1: 20, x2: 200, y2: 60, width: 400, height: 300 });
  assert.deepEqual(region, { x1: 75, y1: 0, x2: 225, y2: 85 });
  const at = v.fit({ width: 320, height: 400 }, { width: 400, height: 300 }, 10, region);
  assert.deepEqual(at, { scale: 2, x: (320 - 600) / 2, y: (400 - 170) / 2 });
});
