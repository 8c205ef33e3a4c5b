import assert from "node:assert/strict";
import { test } from "node:test";

import { isJunk, isPassing, isTable, pathOf, pause, planBatches, progressText, sizeText, uploadKey } from "../../static/js/requester/batches.js";

const file = (name, size = 10, more = {}) => ({ name, size, lastModified: 5, ...more });

test("uploadKey is the same for the same file and fits the server's 80 characters", () => {
  assert.equal(uploadKey(file("a.png")), uploadKey(file("a.png")));
  assert.match(uploadKey(file("ä".repeat(5000))), /^[0-9a-f]{32}$/);
});

test("uploadKey tells files apart by folder, size and time", () => {
  const keys = [file("a.png"), file("a.png", 11), file("a.png", 10, { lastModified: 6 }), file("a.png", 10, { webkitRelativePath: "x/a.png" })].map(uploadKey);
  assert.equal(new Set(keys).size, 4);
});

test("uploadKey has no clash among twenty thousand names", () => {
  const keys = new Set(Array.from({ length: 20_000 }, (_, number) => uploadKey(file(`IMG_${number}.jpg`))));
  assert.equal(keys.size, 20_000);
});

test("pathOf prefers what was found by walking a dropped folder", () => {
  assert.deepEqual([file("a"), file("a", 1, { webkitRelativePath: "w/a" }), file("a", 1, { webkitRelativePath: "w/a", path: "p/a" })].map(pathOf), ["a", "w/a", "p/a"]);
});

test("isJunk knows what systems leave in folders", () => {
  const junk = [".DS_Store", "Thumbs.db", "desktop.ini", "._a.png"].map((name) => isJunk(file(name)));
  assert.deepEqual(junk, [true, true, true, true]);
  assert.equal(isJunk(file("a.png", 1, { path: "__MACOSX/a.png" })), true);
  assert.equal(isJunk(file("photo.v2.png", 1, { path: "my.photos/photo.v2.png" })), false);
});

test("planBatches divides by bytes and by number, in order", () => {
  const files = [1, 2, 3, 4, 5].map((number) => file(`${number}.png`, 40));
  const names = (parts) => parts.map((part) => part.map((one) => one.name[0]).join(""));
  assert.deepEqual(names(planBatches(files, 100, 99)), ["12", "34", "5"]);
  assert.deepEqual(names(planBatches(files, 1e9, 3)), ["123", "45"]);
  assert.deepEqual(names(planBatches(files, 10, 99)), ["1", "2", "3", "4", "5"]);
  assert.deepEqual(planBatches([], 10, 10), []);
});

test("planBatches keeps a table with its images", () => {
  const files = [file("a.png", 90), file("items.CSV", 20), file("b.png", 90)];
  assert.equal(planBatches(files, 100, 1).length, 1);
  assert.equal(isTable(file("photos.zip")), false);
});

test("isPassing tries again what may pass", () => {
  assert.deepEqual([0, 408, 429, 500, 503, 400, 403, 409, 413].map(isPassing), [true, true, true, true, true, false, false, false, false]);
});

test("pause grows and is bounded", () => {
  assert.deepEqual([0, 1, 2, 10].map(pause), [400, 800, 1600, 8000]);
});

test("words of progress", () => {
  assert.equal(progressText(3, 1200, 1_500_000, 2_000_000_000), "3 of 1,200 files, 1.5 MB of 2.00 GB");
  assert.equal(progressText(0, 1, 0, 900), "0 of 1 file, 1 kB of 1 kB");
  assert.equal(sizeText(999_000), "999 kB");
});
