import assert from "node:assert/strict";
import { test } from "node:test";

import { whatIsAt } from "../../static/js/annotate/drawing.js";
import { wheelFactor } from "../../static/js/annotate/pointer.js";
import * as s from "../../static/js/annotate/state.js";
import { DASHES, dashOf, PALETTE, shorten, stylesOf } from "../../static/js/annotate/styles.js";
import { problemsOf } from "../../static/js/annotate/editor.js";
import { attributesOf } from "../../static/js/annotate/extras.js";
import { linesOf, snapped } from "../../static/js/annotate/snapping.js";
import { BOX } from "../../static/js/forms/box.js";
import { isStray } from "../../static/js/tools/choice.js";
import { readQuestion } from "../../static/js/tools/preview.js";

const CLASSES = [{ key: "red", name: "Red" }, { key: "white", name: "White" }];
const VIEW = { scale: 2, x: 10, y: 20 };
const box = (x1, y1, x2, y2, key = "red") => ({ class: key, x1, y1, x2, y2 });
const fresh = (...shapes) => s.create({ form: BOX, classes: CLASSES, size: { width: 400, height: 300 }, minimum: 4, shapes });
const screen = (x, y) => ({ x: x * 2 + 10, y: y * 2 + 20 });

// Which presses draw

test("inside a box one draws; its outline chooses it", () => {
  const state = fresh(box(100, 100, 200, 200));
  assert.deepEqual(whatIsAt(state, VIEW, screen(150, 150)), { on: "free" });
  assert.deepEqual(whatIsAt(state, VIEW, screen(100, 150)), { on: "shape", id: 1 });
});

test("inside the selected box one draws; handles and outline take hold of it", () => {
  const state = s.select(fresh(box(100, 100, 200, 200)), 1);
  assert.deepEqual(whatIsAt(state, VIEW, screen(150, 150)), { on: "free" });
  assert.deepEqual(whatIsAt(state, VIEW, screen(200, 200)), { on: "handle", handle: "se" });
  assert.deepEqual(whatIsAt(state, VIEW, screen(100, 120)), { on: "outline" });
});

test("the outline of a box only just drawn is not in the way of the next", () => {
  let state = s.beginDraft(fresh(), "drag", { x: 100, y: 100 });
  state = s.endDraft(s.moveDraft(state, { x: 200, y: 200 }));
  assert.deepEqual(whatIsAt(state, VIEW, screen(200, 200)), { on: "handle", handle: "se" });
  assert.deepEqual(whatIsAt(state, VIEW, screen(203.5, 203.5)), { on: "free" });
  assert.equal(whatIsAt(state, VIEW, screen(100, 120)).on, "shape");
});

test("Shift draws from anywhere, selecting takes the inside", () => {
  const state = s.select(fresh(box(100, 100, 200, 200)), 1);
  assert.notEqual(whatIsAt(state, VIEW, screen(200, 200), { force: true }).on, "handle");
  assert.deepEqual(whatIsAt(state, VIEW, screen(150, 150), { selecting: true }), { on: "outline" });
  assert.deepEqual(whatIsAt(fresh(box(100, 100, 200, 200)), VIEW, screen(150, 150), { selecting: true }), { on: "shape", id: 1 });
});

test("a finger reaches further than a mouse", () => {
  const state = s.select(fresh(box(100, 100, 200, 200)), 1);
  assert.equal(whatIsAt(state, VIEW, screen(208, 208)).on, "free");
  assert.deepEqual(whatIsAt(state, VIEW, screen(208, 208), { type: "touch" }), { on: "handle", handle: "se" });
});

// Questions before submitting

test("nothing drawn is a question, not an obstacle", () => {
  assert.deepEqual(problemsOf(fresh()), [
    { code: "nothing_drawn", message: "You drew no box. Is there really nothing to mark?", blocking: false },
  ]);
});

test("boxes drawn twice and a box not ended are asked about; a picture nobody saw blocks", () => {
  const twice = s.beginDraft(fresh(box(0, 0, 9, 9), box(0, 0, 9, 9.5)), "clicks", { x: 1, y: 1 });
  assert.deepEqual(problemsOf(twice).map((row) => [row.code, row.blocking]), [["unfinished", false], ["identical_boxes", false]]);
  assert.deepEqual(problemsOf(fresh(box(0, 0, 9, 9)), { failed: true }).map((row) => [row.code, row.blocking]), [["no_picture", true]]);
  assert.deepEqual(problemsOf(fresh(box(0, 0, 9, 9))), []);
});

test("the box that is there twice is brought into view", () => {
  const shown = [];
  const [problem] = problemsOf(fresh(box(0, 0, 9, 9), box(0, 0, 9, 9)), { show: (id) => shown.push(id) });
  problem.show();
  assert.deepEqual(shown, [2]);
});

// Edges that stick

test("edges stick to the picture's, and to those of others where one wants", () => {
  const state = fresh(box(100, 50, 200, 150));
  assert.deepEqual(snapped({ x: 3, y: 296 }, linesOf(state, false), 1), { x: 0, y: 300 });
  assert.deepEqual(snapped({ x: 103, y: 120 }, linesOf(state, false), 1), { x: 103, y: 120 });
  assert.deepEqual(snapped({ x: 103, y: 153 }, linesOf(state, true), 1), { x: 100, y: 150 });
  assert.deepEqual(snapped({ x: 103, y: 153 }, linesOf(state, true), 4), { x: 103, y: 153 });
  assert.deepEqual(linesOf(s.select(state, 1), true).xs, [0, 400]);
});

test("attributes are read from a line each", () => {
  assert.deepEqual(attributesOf("pose: left, right\n\n truncated "), [{ name: "pose", choices: ["left", "right"] }, { name: "truncated", choices: [] }]);
  assert.deepEqual(attributesOf(undefined), []);
});

// Choice

test("the second click of a double click is no answer to the next task", () => {
  assert.equal(isStray({ detail: 2 }, 1100, { at: 1000 }), true);
  assert.equal(isStray({ detail: 1 }, 1100, { at: 1000 }), false);
  assert.equal(isStray({ detail: 2 }, 1400, { at: 1000 }), false);
});

// Looks

test("forty classes look different", () => {
  const styles = stylesOf(Array.from({ length: 40 }, (_, n) => ({ key: `k${n}`, name: "" })));
  const looks = new Set([...styles.values()].map((style) => `${style.color} ${style.dash}`));
  assert.equal(looks.size, 40);
  assert.equal(DASHES.length * PALETTE.length, 40);
  assert.deepEqual(dashOf(5), dashOf(0));
});

test("shorten cuts long names with an ellipsis", () => {
  assert.equal(shorten("abc", 5), "abc");
  assert.equal(shorten("abcdefgh", 5), "abcd…");
});

test("a wheel step zooms gently, a pinch on a touchpad finely, and no step is a jump", () => {
  const step = (deltaY, more = {}) => wheelFactor({ deltaY, deltaMode: 0, ctrlKey: false, ...more });
  assert.ok(step(-100) > 1.15 && step(-100) < 1.25);
  assert.ok(Math.abs(step(100) * step(-100) - 1) < 1e-12);
  assert.equal(step(-3, { deltaMode: 1 }), step(-48));
  assert.ok(step(-1, { ctrlKey: true }) < 1.02);
  assert.ok(step(-1e6) < 1.6);
});

// Preview

test("the preview reads a Django formset as the server would", () => {
  const entries = [
    ["prompt", " What? "],
    ["min_size", "6", "number"],
    ["length", "", "number"],
    ["paste", "1", "flag"],
    ["fields", "[1", "json"],
    ["classes-TOTAL_FORMS", "4"],
    ["classes-0-name", "Red cell"],
    ["classes-0-hotkey", "2"],
    ["classes-0-color", "#123456"],
    ["classes-1-name", "White"],
    ["classes-1-color", "nonsense"],
    ["classes-2-name", "Gone"],
    ["classes-2-DELETE", "on"],
    ["classes-3-name", "  "],
  ];
  assert.deepEqual(readQuestion(entries), {
    prompt: "What?",
    min_size: 6,
    paste: true,
    classes: [
      { key: "Red cell", name: "Red cell", color: "#123456", hotkey: "2", description: "", example: null },
      { key: "White", name: "White", color: "", hotkey: "1", description: "", example: null },
    ],
  });
});

test("the preview keeps to the order given and tells twins apart", () => {
  const question = readQuestion([
    ["classes-0-name", "B"], ["classes-0-ORDER", "2"],
    ["classes-1-name", "A"], ["classes-1-ORDER", "1"],
    ["classes-2-name", "A"], ["classes-2-ORDER", "3"],
  ]);
  assert.deepEqual(question.classes.map((row) => row.name), ["A", "B", "A"]);
  assert.equal(new Set(question.classes.map((row) => row.key)).size, 3);
  assert.deepEqual(readQuestion([]).classes, []);
});

test("of many shapes only those in view have rows, of few all", async () => {
  const { windowOf } = await import("../../static/js/annotate/list.js");
  assert.deepEqual(windowOf(60, { top: 0, height: 100, row: 20 }), { from: 0, to: 60 });
  assert.deepEqual(windowOf(500, { top: 0, height: 100, row: 20 }), { from: 0, to: 13 });
  assert.deepEqual(windowOf(500, { top: 2000, height: 100, row: 20 }), { from: 92, to: 113 });
  assert.deepEqual(windowOf(500, { top: 99999, height: 100, row: 20 }), { from: 492, to: 500 });
  assert.deepEqual(windowOf(500, { top: 0, height: 0, row: 20 }), { from: 0, to: 8 });
});
