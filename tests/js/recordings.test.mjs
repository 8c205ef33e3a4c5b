// Times, regions and outlines of recordings, without a browser.

import assert from "node:assert/strict";
import test from "node:test";

import { clamped, clockOf, following, tickStep, zoomed } from "../../static/js/tools/clock.js";
import { columnsOf, peaksOf } from "../../static/js/tools/peaks.js";
import { added, answered, lanesOf, neighbour, pulled, removed, twins, worked } from "../../static/js/tools/regions.js";

const styles = new Map([["cat", {}], ["dog", {}]]);
const rows = (...spans) => worked(spans.map(([start, end, key = "cat"]) => ({ class: key, start, end })), styles);
const spansOf = (regions) => regions.map(({ start, end }) => [start, end]);

test("times are written as players write them", () => {
  assert.deepEqual([0, 1234, 59_996, 83_450, 3_723_010].map(clockOf), ["0:00.00", "0:01.23", "1:00.00", "1:23.45", "1:02:03.01"]);
});

test("a view stays inside the recording, and what is under the pointer stays there", () => {
  assert.deepEqual(clamped({ from: -50, span: 500 }, 1000), { from: 0, span: 500 });
  assert.deepEqual(clamped({ from: 900, span: 500 }, 1000), { from: 500, span: 500 });
  assert.deepEqual(clamped({ from: 0, span: 5 }, 1000), { from: 0, span: 200 });
  const near = zoomed({ from: 0, span: 8000 }, 2, 2000, 8000);
  assert.deepEqual([near, (2000 - near.from) / near.span], [{ from: 1000, span: 4000 }, 0.25]);
  assert.equal(following(near, 3000, 8000), near);
  assert.deepEqual(following(near, 6000, 8000), { from: 4000, span: 4000 });
  assert.deepEqual([tickStep(6000, 700), tickStep(3_600_000, 700), tickStep(200, 1000)], [1000, 600_000, 20]);
});

test("regions are made, pulled, taken in turn and removed; none is shorter than the least", () => {
  const made = added(rows([500, 900]), "dog", { start: 100.4, end: 300.6 }, 50, 1000);
  assert.deepEqual(spansOf(made.regions), [[100, 301], [500, 900]]);
  assert.equal(added([], "dog", { start: 10, end: 40 }, 50, 1000), null);
  assert.deepEqual(spansOf(added([], "dog", { start: -10, end: 4000 }, 50, 1000).regions), [[0, 1000]]);
  assert.deepEqual(spansOf(pulled(made.regions, made.id, "start", 290, 50, 1000))[0], [251, 301]);
  assert.deepEqual(spansOf(pulled(made.regions, made.id, "end", 5000, 50, 1000))[0], [100, 1000]);
  const last = made.regions[1].id;
  assert.deepEqual([neighbour(made.regions, null, 1), neighbour(made.regions, made.id, 1), neighbour(made.regions, last, 1)], [made.id, last, made.id]);
  assert.equal(neighbour([], null, 1), null);
  assert.deepEqual(spansOf(removed(made.regions, made.id)), [[500, 900]]);
});

test("an answer comes back as it was given, without what the question does not know", () => {
  const given = [{ class: "dog", start: 5, end: 90, text: "Woof", votes: 3 }, { class: "bird", start: 1, end: 2 }];
  assert.deepEqual(answered(worked(given, styles), true), [{ class: "dog", start: 5, end: 90, text: "Woof" }]);
  assert.deepEqual(answered(worked(given, styles), false), [{ class: "dog", start: 5, end: 90 }]);
  assert.equal(twins(rows([0, 9], [0, 9, "dog"], [0, 9])).length, 1);
});

test("no two regions of a lane overlap while there are lanes", () => {
  const { placed, lanes } = lanesOf(rows([0, 10], [5, 15], [10, 20], [12, 14]), 8);
  assert.deepEqual([lanes, placed.map(({ lane }) => lane)], [3, [0, 1, 0, 2]]);
  assert.deepEqual(lanesOf(rows([0, 10], [1, 10], [2, 10]), 2).placed.map(({ lane }) => lane), [0, 1, 1]);
});

test("an outline holds the least and the greatest of each bucket", () => {
  const peaks = peaksOf(Float32Array.from([0.5, -0.25, 1, 2, -3]), 2);
  assert.deepEqual([...peaks], [-31, 63, 127, 127, -127, -127]);
  // 5 ms a bucket: 15 ms in two columns.
  assert.deepEqual(columnsOf(peaks, 0, 10, 2).map((pair) => pair.map((one) => Math.round(one * 100))), [[-24, 50], [0, 100]]);
});
