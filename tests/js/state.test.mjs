import assert from "node:assert/strict";
import { test } from "node:test";

import * as history from "../../static/js/annotate/history.js";
import { createMore } from "../../static/js/annotate/more.js";
import { BOX } from "../../static/js/forms/box.js";
import * as s from "../../static/js/annotate/state.js";

const CLASSES = [{ key: "red" }, { key: "white" }];
const SIZE = { width: 200, height: 100 };
const fresh = (shapes = []) => s.create({ form: BOX, classes: CLASSES, size: SIZE, minimum: 4, shapes });
const more = createMore(s);
const at = (x, y) => ({ x, y });
const draw = (state, from, to) => s.endDraft(s.moveDraft(s.beginDraft(state, "drag", from), to));
const drawn = (x1, y1, x2, y2, key = "red") => ({ class: key, x1, y1, x2, y2 });

test("a drawn box has the active class, is selected, and the value is rounded", () => {
  const state = draw(fresh(), at(10.04, 10), at(50.06, 40));
  assert.deepEqual(s.valueOf(state), { boxes: [drawn(10, 10, 50.1, 40)] });
  assert.equal(state.selected, 1);
  assert.equal(state.fresh, true);
  assert.equal(state.draft, null);
});

test("a box that is too small is not taken", () => {
  const state = draw(fresh(), at(10, 10), at(13, 40));
  assert.deepEqual(s.valueOf(state), { boxes: [] });
  assert.equal(s.canUndo(state), false);
});

test("an earlier draft is taken up, without boxes of classes that are gone", () => {
  const state = fresh([drawn(1, 1, 9, 9), drawn(1, 1, 9, 9, "gone"), drawn(2, 2, 9, 9, "white")]);
  assert.deepEqual(s.valueOf(state), { boxes: [drawn(1, 1, 9, 9), drawn(2, 2, 9, 9, "white")] });
  assert.equal(s.canUndo(state), false);
});

test("the label stays chosen from box to box", () => {
  let state = s.chooseClass(fresh(), "white");
  state = draw(draw(state, at(0, 0), at(9, 9)), at(20, 20), at(40, 40));
  assert.deepEqual(state.shapes.map((box) => box.class), ["white", "white"]);
});

test("a class key after drawing means the next box; the same key again the box just drawn", () => {
  let state = draw(fresh(), at(0, 0), at(9, 9));
  state = s.chooseClass(state, "white");
  assert.deepEqual([state.active, state.shapes[0].class], ["white", "red"]);
  state = s.chooseClass(state, "white");
  assert.equal(state.shapes[0].class, "white");
});

test("a class key changes a box that was selected on purpose, at once", () => {
  let state = s.select(draw(fresh(), at(0, 0), at(9, 9)), 1);
  state = s.chooseClass(state, "white");
  assert.equal(state.shapes[0].class, "white");
  assert.equal(s.chooseClass(state, "nonsense"), state);
});

test("undo and redo walk through drawing, moving and deleting", () => {
  let state = draw(fresh(), at(0, 0), at(10, 10));
  state = s.endEdit(s.dragEdit(s.beginEdit(state, 1), "move", 5, 5));
  state = s.removeSelected(state);
  const values = [];
  while (s.canUndo(state)) {
    state = s.undo(state);
    values.push(s.valueOf(state).boxes);
  }
  assert.deepEqual(values, [[drawn(5, 5, 15, 15)], [drawn(0, 0, 10, 10)], []]);
  state = s.redo(s.redo(s.redo(s.redo(state))));
  assert.deepEqual(s.valueOf(state), { boxes: [] });
  assert.equal(s.canRedo(state), false);
});

test("a box drawn after an undo ends what could be redone, and ids are not used twice", () => {
  let state = s.undo(draw(fresh(), at(0, 0), at(10, 10)));
  state = draw(state, at(20, 20), at(40, 40));
  assert.equal(s.canRedo(state), false);
  assert.equal(state.shapes[0].id, 2);
});

test("nudges of one box are one step of undo", () => {
  let state = draw(fresh(), at(0, 0), at(10, 10));
  for (let n = 0; n < 5; n += 1) state = s.nudge(state, 1, 0);
  assert.deepEqual(s.valueOf(state).boxes, [drawn(5, 0, 15, 10)]);
  state = s.undo(state);
  assert.deepEqual(s.valueOf(state).boxes, [drawn(0, 0, 10, 10)]);
});

test("a nudge against the edge changes nothing and records nothing", () => {
  const state = draw(fresh(), at(0, 0), at(10, 10));
  assert.equal(s.nudge(state, -10, 0), state);
});

test("stretch moves the lower right corner and stops at the smallest side", () => {
  let state = draw(fresh(), at(0, 0), at(10, 10));
  state = s.stretch(state, 5, -100);
  assert.deepEqual(s.valueOf(state).boxes, [drawn(0, 0, 15, 4)]);
});

test("a cancelled edit leaves the box where it was", () => {
  const state = draw(fresh(), at(0, 0), at(10, 10));
  const edit = s.dragEdit(s.beginEdit(state, 1), "se", 50, 50);
  assert.deepEqual(edit.edit.shape.x2, 60);
  assert.deepEqual(s.valueOf(s.cancelEdit(edit)), s.valueOf(state));
  assert.deepEqual(s.valueOf(edit), s.valueOf(state));
});

test("drawing by keyboard: Enter, arrows, Enter", () => {
  let state = s.enter(fresh(), at(100, 50));
  assert.deepEqual(state.draft, { by: "keys", points: [at(100, 50)], to: at(100, 50) });
  state = s.moveCross(s.moveCross(state, 20, 0, at(0, 0)), 0, -30, at(0, 0));
  state = s.enter(state, at(0, 0));
  assert.deepEqual(s.valueOf(state).boxes, [drawn(100, 20, 120, 50)]);
  assert.deepEqual([state.selected, state.cross], [null, at(120, 20)]);
  state = s.moveCross(state, 999, 999, at(0, 0));
  assert.deepEqual(state.cross, at(200, 100));
});

test("Enter lets go of a selected box before it draws again", () => {
  const state = s.select(draw(fresh(), at(0, 0), at(9, 9)), 1);
  const next = s.enter(state, at(50, 50));
  assert.deepEqual([next.selected, next.draft], [null, null]);
});

test("Esc leaves the innermost thing", () => {
  let state = s.setMode(draw(fresh(), at(0, 0), at(9, 9)), "select");
  state = s.beginDraft({ ...state, selected: 1 }, "clicks", at(1, 1));
  state = s.escape({ ...state, selected: 1 });
  assert.deepEqual([state.draft, state.selected, state.mode], [null, 1, "select"]);
  state = s.escape(state);
  assert.deepEqual([state.selected, state.mode], [null, "select"]);
  assert.equal(s.escape(state).mode, "draw");
});

test("next and previous go round, from nothing to the first and to the last", () => {
  const boxes = [drawn(0, 0, 9, 9), drawn(10, 0, 19, 9), drawn(20, 0, 29, 9)];
  const state = fresh(boxes);
  assert.equal(s.selectNext(state, 1).selected, 1);
  assert.equal(s.selectNext(state, -1).selected, 3);
  assert.equal(s.selectNext(s.select(state, 3), 1).selected, 1);
  assert.equal(s.selectNext(fresh(), 1).selected, null);
});

test("undo drops the selection of a box that is gone", () => {
  const state = s.undo(draw(fresh(), at(0, 0), at(9, 9)));
  assert.deepEqual([state.selected, state.shapes.length], [null, 0]);
});

test("history keeps a bounded past", () => {
  let log = history.start(0);
  for (let n = 1; n <= 2000; n += 1) log = history.record(log, n);
  assert.equal(log.past.length, 500);
  assert.equal(history.undo(log).present, 1999);
  assert.equal(history.undo(history.start(0)).present, 0);
});

test("four outermost points make a box; Backspace takes the last one back", () => {
  let state = more.otherForm(fresh());
  state = s.beginDraft(state, "clicks", at(50, 10));
  for (const [x, y] of [[10, 40], [90, 30], [190, 90]]) state = s.placePoint(s.moveDraft(state, at(x, y)));
  assert.deepEqual(s.valueOf(state).boxes, [drawn(10, 10, 190, 90)]);
  state = s.beginDraft(more.otherForm(fresh()), "clicks", at(50, 10));
  state = s.dropPoint(s.placePoint(s.moveDraft(state, at(10, 40))));
  assert.equal(state.draft.points.length, 1);
  assert.equal(s.dropPoint(state).draft, null);
});

test("a copy lies beside its original, on the picture, and is in hand", () => {
  let state = more.duplicate(s.select(fresh([drawn(0, 0, 9, 9)]), 1), 5);
  assert.deepEqual(s.valueOf(state).boxes, [drawn(0, 0, 9, 9), drawn(5, 5, 14, 14)]);
  assert.equal(state.selected, 2);
  state = more.duplicate(s.select(fresh([drawn(190, 90, 200, 100)]), 1), 5);
  assert.deepEqual(s.valueOf(state).boxes[1], drawn(185, 85, 195, 95));
  assert.equal(more.duplicate(fresh(), 5).shapes.length, 0);
});

test("flags and attributes are part of a shape, taken up again, and undone", () => {
  let state = s.select(fresh([{ ...drawn(0, 0, 9, 9), occluded: true, attributes: { pose: "left" } }]), 1);
  assert.deepEqual(s.valueOf(state).boxes[0], { ...drawn(0, 0, 9, 9), occluded: true, attributes: { pose: "left" } });
  state = more.setExtra(state, "occluded", false);
  state = more.setExtra(state, "attributes", undefined);
  assert.deepEqual(s.valueOf(state).boxes[0], drawn(0, 0, 9, 9));
  assert.equal(s.valueOf(s.undo(s.undo(state))).boxes[0].occluded, true);
});
