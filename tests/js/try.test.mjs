import assert from "node:assert/strict";
import test from "node:test";

globalThis.document ??= { querySelectorAll: () => [] };
const { excerpt, median, spoken } = await import("../../static/js/requester/try.js");

test("the median is the middle one, or between the middle two", () => {
  assert.equal(median([9, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 9]), 3);
});

test("times are spoken in seconds, then minutes", () => {
  assert.equal(spoken(7.4), "7 s");
  assert.equal(spoken(125), "2 min");
});

test("an item is called by its text or its number", () => {
  assert.equal(excerpt({ text: "Hello" }, 0), "“Hello”");
  assert.equal(excerpt({ text: "x".repeat(80) }, 0), `“${"x".repeat(60)}…”`);
  assert.equal(excerpt({ image: "a" }, 1), "item 2");
});
