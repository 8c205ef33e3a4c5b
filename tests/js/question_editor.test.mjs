import assert from "node:assert/strict";
import { test } from "node:test";

import { firstFree, nextNumber } from "../../static/js/requester/question.js";

test("firstFree gives the first that nobody has, whatever its case", () => {
  assert.equal(firstFree("123abc", ["1", "3"]), "2");
  assert.equal(firstFree("abc", ["A", "b"]), "c");
  assert.equal(firstFree(["#E69F00", "#56B4E9"], ["#e69f00"]), "#56B4E9");
});

test("firstFree falls back when all are taken", () => {
  assert.equal(firstFree("12", ["1", "2"]), "");
  assert.equal(firstFree(["#E69F00"], ["#E69F00"], "#BBBBBB"), "#BBBBBB");
});

test("nextNumber is above all that are in use", () => {
  assert.equal(nextNumber([]), 0);
  assert.equal(nextNumber([4, 0, 2]), 5);
});
