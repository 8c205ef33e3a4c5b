import assert from "node:assert/strict";
import { test } from "node:test";

import { localMoment, relativeTime } from "../../static/js/app.js";
import { describeFiles } from "../../static/js/requester/dropzone.js";
import { nextTheme } from "../../static/js/shell/themes.js";

const NOW = Date.UTC(2026, 2, 1, 12);

// The same cases as test_distance_in_time_is_one_unit_rounded_down: server and browser say the same.
for (const [seconds, text] of [[0, "just now"], [44, "just now"], [50, "1 min ago"], [3599, "59 min ago"], [7300, "2 h ago"], [-7300, "in 2 h"], [90_000, "1 d ago"], [-3, "in a moment"], [40 * 86_400, "2026-01-20"]]) {
  test(`relativeTime of ${seconds} s is ${text}`, () => {
    assert.equal(relativeTime(NOW - seconds * 1000, NOW), text);
  });
}

test("nextTheme goes round", () => {
  assert.deepEqual(["system", "light", "dark", "unknown"].map(nextTheme), ["light", "dark", "system", "system"]);
});

test("localMoment pads to two digits", () => {
  assert.equal(localMoment(new Date(2026, 0, 2, 3, 4)), "2026-01-02 03:04");
});

test("describeFiles names one file and counts several", () => {
  assert.equal(describeFiles([]), "");
  assert.equal(describeFiles([{ name: "a.csv", size: 10 }]), "a.csv, 1 kB");
  assert.equal(describeFiles([{ name: "a", size: 1_500_000 }, { name: "b", size: 1_000_000 }]), "2 files, 2.5 MB");
});
