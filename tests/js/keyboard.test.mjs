import assert from "node:assert/strict";
import { test } from "node:test";

import { commandFor, hears, hotkeyMap, hotkeyOf, meant } from "../../static/js/annotate/keyboard.js";
import { singleKeys, withKey } from "../../static/js/annotate/own_keys.js";

const press = (key, more = {}) => ({ key, code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, repeat: false, ...more });
const KEYS = hotkeyMap([{ key: "red", hotkey: "1" }, { key: "white", hotkey: "w" }, { key: "none", hotkey: "" }]);

test("a class key is its character, in either case", () => {
  assert.deepEqual(commandFor(press("1"), KEYS), { type: "class", class: "red" });
  assert.deepEqual(commandFor(press("W", { shiftKey: true }), KEYS), { type: "class", class: "white" });
  assert.equal(commandFor(press("x"), KEYS), null);
});

test("a class key is found by its place on layouts that type something else there", () => {
  assert.equal(hotkeyOf(press("&", { code: "Digit1" })), "1");
  assert.equal(hotkeyOf(press("ц", { code: "KeyW" })), "w");
  assert.equal(hotkeyOf(press("1", { code: "Numpad1" })), "1");
  assert.equal(hotkeyOf(press("?", { code: "Digit1", shiftKey: true })), "");
});

test("holding a class key down is one press", () => {
  assert.deepEqual(commandFor(press("1", { repeat: true }), KEYS), { type: "none" });
});

test("shortcuts of the browser are left alone", () => {
  for (const event of [press("1", { ctrlKey: true }), press("w", { metaKey: true }), press("1", { altKey: true }), press("Enter", { ctrlKey: true })]) {
    assert.equal(commandFor(event, KEYS), null);
  }
});

test("undo and redo", () => {
  assert.equal(commandFor(press("z", { ctrlKey: true })).type, "undo");
  assert.equal(commandFor(press("Z", { metaKey: true, shiftKey: true })).type, "redo");
  assert.equal(commandFor(press("y", { ctrlKey: true })).type, "redo");
});

test("arrows carry their direction", () => {
  assert.deepEqual(commandFor(press("ArrowUp", { shiftKey: true })), { type: "arrow", x: 0, y: -1, big: true, resize: false });
  assert.deepEqual(commandFor(press("ArrowRight", { ctrlKey: true })), { type: "arrow", x: 1, y: 0, big: false, resize: true });
});

test("the rest of the keys", () => {
  const expected = { Delete: "delete", Backspace: "delete", Enter: "enter", Escape: "escape", "+": "zoom-in", "=": "zoom-in", "-": "zoom-out", 0: "fit", ".": "next", ",": "previous", "?": "help", " ": "hand" };
  for (const [key, type] of Object.entries(expected)) assert.equal(commandFor(press(key)).type, type, key);
  assert.equal(commandFor(press("constructor")), null);
});

test("a class key goes before a command on the same key", () => {
  assert.deepEqual(commandFor(press("-", { code: "Digit6" }), new Map([["6", "six"]])), { type: "class", class: "six" });
});

// The three facts about DOM nodes that `hears` asks for.
const node = (inside = [], typing = false) => ({ contains: (other) => inside.includes(other), closest: () => (typing ? {} : null) });

test("a key goes to the tool that has the focus, else to the only one", () => {
  const body = node();
  const inA = node();
  const a = node([inA]);
  const b = node();
  assert.equal(hears(a, inA, new Set([a, b])), true);
  assert.equal(hears(b, inA, new Set([a, b])), false);
  assert.equal(hears(a, body, new Set([a, b])), false);
  assert.equal(hears(a, body, new Set([a])), true);
  assert.equal(hears(a, node([], true), new Set([a])), false);
});

// Keys of the person's own

test("a key of one's own stands for another; combinations stay what they are", () => {
  const keys = { q: "Delete", 9: "1", ",": "s" };
  assert.deepEqual(commandFor(meant(press("q"), keys), KEYS), { type: "delete" });
  assert.deepEqual(commandFor(meant(press("Q", { shiftKey: true }), keys), KEYS), { type: "delete" });
  assert.deepEqual(commandFor(meant(press("9", { code: "Digit9" }), keys), KEYS), { type: "class", class: "red" });
  assert.equal(meant(press("q", { ctrlKey: true }), keys).key, "q");
  assert.equal(meant(press("x"), keys).key, "x");
});

test("a key map's single keys can be given others, one each", () => {
  const rows = [[["1", "…"], "Choose a class"], [["Ctrl", "Z"], "Undo"], [["+", "−"], "Zoom"], [["Delete"], "Delete"]];
  assert.deepEqual(singleKeys(rows).map(({ key }) => key), ["1", "+", "-", "Delete"]);
  let keys = withKey({}, "q", "Delete");
  keys = withKey(keys, "w", "Delete");
  assert.deepEqual(keys, { w: "Delete" });
  keys = withKey(keys, "w", "+");
  assert.deepEqual(keys, { w: "+" });
  assert.deepEqual(withKey(keys, "+", "+"), {});
});
