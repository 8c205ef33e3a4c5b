// Pure parts of the kinds that draw nothing.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pieces, snapped, toPoints, toUnits, wordsOf } from "../../static/js/tools/passages.js";
import { isAsked, missing, valuesOf } from "../../static/js/tools/form.js";
import { heard } from "../../static/js/tools/own_html.js";
import { found } from "../../static/js/tools/class_search.js";
import { wayOf } from "../../static/js/tools/swipe.js";
import { firstLeft } from "../../static/js/tools/comparison.js";
import { lengthProblem } from "../../static/js/tools/writing.js";

test("places are code points for the server and UTF-16 units here", () => {
  const text = "🙂🙂 Ada";
  assert.deepEqual(toUnits({ class: "a", start: 3, end: 6 }, text), { class: "a", start: 5, end: 8 });
  assert.deepEqual(toPoints({ class: "a", start: 5, end: 8 }, text), { class: "a", start: 3, end: 6 });
});

test("a selection is widened to whole words and one without a word is none", () => {
  const text = "one, two three";
  const words = wordsOf(text);
  assert.deepEqual(words.map(({ start, end }) => text.slice(start, end)), ["one", "two", "three"]);
  assert.deepEqual(snapped({ start: 6, end: 11 }, words), { start: 5, end: 14 });
  assert.equal(snapped({ start: 3, end: 5 }, words), null);
});

test("overlapping passages cut the text into pieces that say what covers them", () => {
  const [a, b] = [{ class: "a", start: 0, end: 5 }, { class: "b", start: 3, end: 8 }];
  const found = pieces("0123456789", [a, b], { start: 8, end: 10 });
  assert.deepEqual(found.map(({ text, spans, held }) => [text, spans.map((one) => one.class).join(""), held]), [
    ["012", "a", false], ["34", "ab", false], ["567", "b", false], ["89", "", true],
  ]);
  assert.deepEqual(pieces("", [], null), []);
});

test("a field is asked, said and missing as the server has it", () => {
  const fields = [
    { name: "open", kind: "choice", required: true, options: [] },
    { name: "why", kind: "text", required: true, when: { field: "open", is: ["No"] } },
    { name: "is", kind: "matrix", required: true, rows: [{ key: "a" }, { key: "b" }] },
  ];
  const filled = { open: "Yes", why: "left over", is: { a: "x" } };
  const values = valuesOf(fields, (field) => filled[field.name]);
  assert.deepEqual(values, { open: "Yes", is: { a: "x" } });
  assert.deepEqual(missing(fields, values), ["is"]);
  assert.equal(isAsked(fields[1], { open: ["No", "x"] }), true);
});

test("of a message from a requester's page only the question's fields are kept", () => {
  const fields = [{ name: "a" }, { name: "toString" }];
  assert.deepEqual(heard({ a: 1, b: 2 }, fields), { fields: { a: 1 } });
  for (const odd of [null, "x", [1], undefined, 3]) assert.equal(heard(odd, fields), null);
});

test("classes are found by any word, accents or not, those that begin with it first", () => {
  const rows = ["Wild cat", "Catfish", "Élan", "Animal > Cat"].map((name) => ({ name, description: "" }));
  assert.deepEqual(found(rows, "cat").map((row) => row.name), ["Catfish", "Animal > Cat", "Wild cat"]);
  assert.deepEqual(found(rows, " ELAN ").map((row) => row.name), ["Élan"]);
  assert.equal(found(rows, "zebra").length, 0);
});

test("a swipe is long and straight", () => {
  assert.equal(wayOf(-100, 10), "left");
  assert.equal(wayOf(5, 90), "down");
  assert.equal(wayOf(60, 0), "");
  assert.equal(wayOf(100, 70), "");
});

test("which of a pair stands left is the same for one visit and about even over items", () => {
  const left = Array.from({ length: 400 }, (_, number) => firstLeft(`item ${number}`, 12345));
  assert.deepEqual(left, Array.from({ length: 400 }, (_, number) => firstLeft(`item ${number}`, 12345)));
  const share = left.filter(Boolean).length / left.length;
  assert.ok(share > 0.4 && share < 0.6, String(share));
});

test("lengths are counted in characters, not in code units", () => {
  const rule = { shortest: 2, longest: 3 };
  assert.equal(lengthProblem("🙂🙂🙂", rule), "");
  assert.match(lengthProblem("🙂🙂🙂🙂", rule), /At most 3/);
  assert.match(lengthProblem(" a ", rule), /At least 2/);
  assert.equal(lengthProblem("", { shortest: 0, longest: 3 }), "");
});
