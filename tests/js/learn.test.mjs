import assert from "node:assert/strict";
import test from "node:test";

globalThis.document ??= { querySelectorAll: () => [] };
const { verdict } = await import("../../static/js/work/learn.js");

test("what an answer was worth is said in words", () => {
  assert.equal(verdict({ score: 1, right: null }), "Right.");
  assert.equal(verdict({ score: 0, right: { class: "cat" } }), "Not right. This is the answer:");
  assert.equal(verdict({ score: 0.4, right: { boxes: [] } }), "Partly right: 40 %.");
});
