// What the editor of a form's fields does to their JSON.

import assert from "node:assert/strict";
import test from "node:test";

import { askable, conditionProblem, keysOf, linesOf, moved, nameFor, optionsOf, parsed, renamed, withKind, withPart, written } from "../../static/js/requester/fields.js";

const both = (key, label = key) => ({ key, label });
const OPEN = { name: "open", label: "Open?", kind: "choice", options: [both("Yes"), both("No", "Closed")], note: "kept" };
const WHY = { name: "why", kind: "text", when: { field: "open", is: ["No"] } };

test("a list of objects is edited, anything else is left as text", () => {
  assert.deepEqual(parsed(written([OPEN, WHY])), [OPEN, WHY]);
  assert.deepEqual(["", "{}", "[1]", "[[]]", "[null]", "[{]"].map(parsed), [null, null, null, null, null, null]);
});

test("options become lines and lines options, and what was not touched stays as it was", () => {
  assert.equal(linesOf(OPEN.options), "Yes\nNo | Closed");
  assert.equal(linesOf(["a", "b"]), "a\nb");
  assert.equal(linesOf(undefined), "");
  assert.deepEqual([[both("a|b")], [{ key: "a", label: "a", colour: "red" }], [both("a", "b\nc")], [both(" a")], "a"].map(linesOf), [null, null, null, null, null]);
  const again = optionsOf("Yes\n\n  No | Closed \nMaybe\nx | y | z", OPEN.options);
  assert.deepEqual(again, [both("Yes"), both("No", "Closed"), both("Maybe"), both("x", "y z")]);
  assert.equal(again[0], OPEN.options[0]);
  assert.deepEqual(optionsOf("a", ["a"]), ["a"]);
});

test("another kind and back loses nothing; parts nobody knows stay", () => {
  const aside = {};
  const number = withKind(OPEN, "number", aside);
  assert.deepEqual(number, { name: "open", label: "Open?", kind: "number", note: "kept", tolerance: 0.5 });
  assert.deepEqual(withKind(number, "choice", aside), { ...OPEN, options: OPEN.options });
  assert.deepEqual(keysOf(withKind({ name: "a", kind: "text" }, "matrix")), ["Yes", "No"]);
});

test("parts are set and taken away", () => {
  assert.deepEqual(withPart(WHY, "help", "Look."), { ...WHY, help: "Look." });
  assert.deepEqual(withPart(WHY, "when", undefined), { name: "why", kind: "text" });
});

test("conditions follow a field that gets another name, and say why they cannot hold", () => {
  const fields = renamed([OPEN, WHY], 0, "is_open");
  assert.deepEqual(fields[1].when, { field: "is_open", is: ["No"] });
  assert.deepEqual([conditionProblem([OPEN, WHY], 0), conditionProblem([OPEN, WHY], 1)], ["", ""]);
  assert.match(conditionProblem(moved([OPEN, WHY], 1, -1), 0), /no choice before it/);
  assert.match(conditionProblem([withPart(OPEN, "options", [both("Yes")]), WHY], 1), /has no answer “No”/);
  assert.match(conditionProblem([OPEN, withPart(WHY, "when", { field: "open", is: [] })], 1), /Choose/);
  assert.deepEqual(askable([OPEN, WHY, OPEN], 2), [OPEN]);
});

test("names are made of what is asked and are nobody else's", () => {
  assert.deepEqual([nameFor("Is the café open?", []), nameFor("Why?", ["why", "why_2"]), nameFor("12 日", []), nameFor("3 rooms", [])], ["is_the_cafe_open", "why_3", "field", "rooms"]);
});
