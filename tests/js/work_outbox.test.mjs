import assert from "node:assert/strict";
import { test } from "node:test";

import { verdict } from "../../static/js/work/api.js";
import { HOLD_MS, Outbox, backoffMs } from "../../static/js/work/outbox.js";
import { MemoryStore } from "../../static/js/work/stores.js";

const OK = { status: 200, data: { assignment: { reward: "0.05" } }, error: null, retryAfterMs: 0 };
const GONE = { status: 0, data: null, error: { code: "network", message: "away", fields: {} }, retryAfterMs: 0 };
const fault = (status, code, message = "No.") => ({ status, data: null, error: { code, message, fields: {} }, retryAfterMs: 0 });

// A store that lasts, as IndexedDB does; several outboxes on one are reloads of the page.
class LastingStore extends MemoryStore {
  async put(entry) {
    await super.put(entry);
    return true;
  }
}

// A clock that is moved by hand, with the timers that hang on it.
function world({ answers = () => OK, store = new LastingStore(), person = "willa" } = {}) {
  const it = { now: 1_000_000, timers: new Map(), sent: [], done: [], refused: [], status: null, store };
  let next = 1;
  it.timer = {
    setTimeout: (run, ms) => (it.timers.set(next, { run, at: it.now + ms }), next++),
    clearTimeout: (id) => it.timers.delete(id),
  };
  it.outbox = new Outbox({
    store,
    person,
    call: async (method, path, body, options) => {
      it.sent.push({ path, body, key: options.key, keepalive: options.keepalive });
      return answers(it.sent.length, path);
    },
    now: () => it.now,
    timer: it.timer,
    onDone: (entry) => it.done.push(entry.id),
    onRefused: (entry) => it.refused.push(entry.id),
    onChange: (status) => (it.status = status),
  });
  it.settle = async () => {
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  };
  it.pass = async (ms) => {
    it.now += ms;
    for (const [id, { run, at }] of [...it.timers]) {
      if (at <= it.now && it.timers.delete(id)) run();
    }
    await it.settle();
  };
  it.add = async (id, extra = {}) => {
    await it.outbox.add({ id, path: `p/${id}`, body: { answers: [id] }, key: `key-${id}`, ...extra });
    await it.settle();
  };
  return it;
}

test("outbox sends at once what is not held, and forgets it after the yes", async () => {
  const it = world();
  await it.add("a");
  assert.deepEqual(it.sent.map((one) => [one.path, one.key]), [["p/a", "key-a"]]);
  assert.deepEqual(it.done, ["a"]);
  assert.deepEqual(await it.store.all(), []);
});

test("outbox holds for five seconds, not longer", async () => {
  const it = world();
  await it.add("a", { holdMs: HOLD_MS });
  await it.pass(HOLD_MS - 1);
  assert.equal(it.sent.length, 0);
  await it.pass(1);
  assert.equal(it.sent.length, 1);
});

test("outbox gives back what is held, once, and never sends it", async () => {
  const it = world();
  await it.add("a", { holdMs: HOLD_MS });
  assert.deepEqual((await it.outbox.takeBack("a")).body, { answers: ["a"] });
  assert.equal(await it.outbox.takeBack("a"), null);
  await it.pass(60_000);
  assert.equal(it.sent.length, 0);
  assert.deepEqual(await it.store.all(), []);
});

test("outbox gives nothing back after the hold, nor what is on its way", async () => {
  let release;
  const it = world({ answers: () => new Promise((resolve) => (release = () => resolve(OK))) });
  await it.add("a", { holdMs: HOLD_MS });
  const flushed = it.outbox.flush({ force: true });
  await it.settle();
  assert.equal(await it.outbox.takeBack("a"), null);
  release();
  await flushed;
  assert.deepEqual(it.done, ["a"]);
});

test("outbox releases what was held when something else is done", async () => {
  const it = world();
  await it.add("a", { holdMs: HOLD_MS });
  await it.add("b", { holdMs: HOLD_MS });
  assert.deepEqual(it.done, ["a"]);
  assert.equal(await it.outbox.takeBack("a"), null);
});

test("outbox takes a double click as one", async () => {
  const it = world();
  await Promise.all([it.add("a", { holdMs: HOLD_MS }), it.add("a", { holdMs: HOLD_MS, key: "another" })]);
  await it.pass(HOLD_MS);
  assert.deepEqual(it.sent.map((one) => one.key), ["key-a"]);
});

test("outbox keeps the order in which things were done", async () => {
  let up = false;
  const it = world({ answers: () => (up ? OK : GONE) });
  for (const id of ["skip:1:x", "submit:1", "skip:2:y"]) await it.add(id);
  up = true;
  await it.outbox.retryNow();
  await it.settle();
  assert.deepEqual(it.done, ["skip:1:x", "submit:1", "skip:2:y"]);
});

test("outbox sends the same under the same key until it is answered", async () => {
  const it = world({ answers: (count) => (count < 4 ? GONE : OK) });
  await it.add("a");
  assert.equal(it.status.trouble.kind, "network");
  for (let turn = 0; turn < 3; turn += 1) await it.pass(60_000);
  assert.deepEqual(it.sent.map((one) => one.key), Array(4).fill("key-a"));
  assert.deepEqual(it.done, ["a"]);
  assert.equal(it.status.trouble, null);
});

test("outbox waits as long as the server asks", async () => {
  const it = world({ answers: (count) => (count === 1 ? { ...fault(429, "throttled"), retryAfterMs: 45_000 } : OK) });
  await it.add("a");
  await it.pass(44_000);
  assert.equal(it.sent.length, 1);
  await it.pass(2000);
  assert.deepEqual(it.done, ["a"]);
});

test("outbox survives a reload with the key it had", async () => {
  const store = new LastingStore();
  const before = world({ store, answers: () => GONE });
  await before.add("a");
  const after = world({ store });
  await after.outbox.open();
  await after.outbox.flush({ force: true });
  assert.deepEqual(after.sent.map((one) => [one.path, one.key, one.body]), [["p/a", "key-a", { answers: ["a"] }]]);
  assert.deepEqual(await store.all(), []);
});

test("outbox leaves other people's entries alone", async () => {
  const store = new LastingStore();
  await world({ store, answers: () => GONE }).add("a");
  const other = world({ store, person: "wim" });
  await other.outbox.open();
  await other.outbox.flush({ force: true });
  assert.equal(other.sent.length, 0);
  assert.equal((await store.all()).length, 1);
});

test("outbox keeps what was refused, with the words, and sends it no more", async () => {
  const it = world({ answers: () => fault(409, "assignment_over", "Too late.") });
  await it.add("a");
  assert.deepEqual(it.refused, ["a"]);
  await it.pass(600_000);
  assert.equal(it.sent.length, 1);
  const reloaded = world({ store: it.store });
  await reloaded.outbox.open();
  assert.equal(reloaded.outbox.refused[0].refused.message, "Too late.");
  await reloaded.outbox.dismiss("a");
  assert.deepEqual(await it.store.all(), []);
});

test("outbox goes on with the next entry after a refusal", async () => {
  const it = world({ answers: (count) => (count === 1 ? fault(400, "invalid") : OK) });
  await it.add("a");
  await it.add("b");
  assert.deepEqual([it.refused, it.done], [["a"], ["b"]]);
});

test("outbox keeps everything while the person is signed out", async () => {
  const it = world({ answers: () => fault(401, "not_authenticated") });
  await it.add("a");
  assert.equal(it.status.trouble.kind, "blocked");
  assert.equal((await it.store.all()).length, 1);
});

test("outbox without a database does not hold", async () => {
  const it = world({ store: new MemoryStore() });
  await it.add("a", { holdMs: HOLD_MS });
  assert.deepEqual(it.done, ["a"]);
});

test("leaving the page sends what is held in requests that outlive it, and keeps it until the yes", async () => {
  const it = world({ answers: () => new Promise(() => {}) });
  await it.add("a", { holdMs: HOLD_MS });
  it.outbox.leave();
  assert.deepEqual(it.sent.map((one) => [one.key, one.keepalive]), [["key-a", true]]);
  assert.equal((await it.store.all()).length, 1);
});

test("leaving the page sends no more than browsers let outlive it", async () => {
  const it = world({ answers: () => GONE });
  await it.add("big", { body: { text: "x".repeat(70_000) } });
  await it.add("small");
  const before = it.sent.length;
  it.outbox.leave();
  assert.deepEqual(it.sent.slice(before).map((one) => one.path), ["p/small"]);
});

test("a thousand entries under a failing network are each done once", async () => {
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const taken = new Map();
  const it = world({
    answers: (count, path) => {
      if (random() < 0.2) return GONE; // the request is lost
      taken.set(path, (taken.get(path) ?? 0) + 1);
      return random() < 0.4 ? GONE : OK; // the answer is lost
    },
  });
  for (let number = 0; number < 1000; number += 1) await it.outbox.add({ id: `${number}`, path: `p/${number}`, body: {}, key: `k${number}` });
  for (let turn = 0; turn < 5000 && it.outbox.waiting.length; turn += 1) await it.pass(60_000);
  assert.equal(it.done.length, 1000);
  assert.equal(taken.size, 1000);
  // Whatever arrived twice came under one key, by which the server knows it.
  const keys = new Map(it.sent.map((one) => [one.path, one.key]));
  assert.ok(it.sent.every((one) => keys.get(one.path) === one.key));
});

test("backoff grows to half a minute and is never in step", () => {
  assert.deepEqual([1, 2, 3, 6, 99].map((attempt) => backoffMs(attempt, 0.5)), [1000, 2000, 4000, 30_000, 30_000]);
  assert.ok(backoffMs(3, 0) < backoffMs(3, 1));
});

test("verdict tells lost from refused from signed out", () => {
  const cases = [[200, "done"], [201, "done"], [0, "retry"], [503, "retry"], [429, "retry"], [408, "retry"], [401, "blocked"], [404, "refused"], [409, "refused"], [400, "refused"], [413, "refused"]];
  for (const [status, expected] of cases) assert.equal(verdict({ status, error: { code: "x" } }), expected, String(status));
  assert.equal(verdict({ status: 403, error: { code: "permission_denied" } }), "blocked");
  assert.equal(verdict({ status: 403, error: { code: "forbidden" } }), "refused");
});
