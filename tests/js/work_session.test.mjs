import assert from "node:assert/strict";
import { test } from "node:test";

import { alone } from "../../static/js/work/alone.js";
import { createApi, retryAfterMs } from "../../static/js/work/api.js";
import { Signals } from "../../static/js/work/signals.js";
import { TimeLeft } from "../../static/js/work/time_left.js";
import { ActiveClock, Deadline, clockText, urgency } from "../../static/js/work/clocks.js";
import { Drafts, Unseen } from "../../static/js/work/drafts.js";
import { micro, moneyText } from "../../static/js/work/money.js";
import * as session from "../../static/js/work/session.js";
import { Supply } from "../../static/js/work/supply.js";
import * as words from "../../static/js/work/words.js";

const assignment = (count, reward = "0.06") => ({
  id: "as1",
  reward,
  tasks: Array.from({ length: count }, (_, place) => ({ id: `t${place}`, position: place, item: {}, media_url: null, state: "open" })).reverse(),
});
const measured = (seconds, signals = null) => ({ seconds, signals });
const page = (count, drafts) => session.openPage(assignment(count), null, drafts);

test("a page shows its open tasks by position", () => {
  const held = assignment(3);
  held.tasks[1].state = "skipped";
  assert.deepEqual(session.openPage(held, null).tasks.map((task) => task.id), ["t0", "t2"]);
});

test("giving answers walks through the page and completes it", () => {
  const it = page(3);
  assert.equal(session.give(it, "a", measured(1)), false);
  assert.equal(session.give(it, "b", measured(2)), false);
  assert.equal(session.lastOpen(it), true);
  assert.equal(session.give(it, "c", measured(3)), true);
  assert.deepEqual(session.submission(it), {
    answers: [
      { task: "t0", answer: "a", seconds: 1 },
      { task: "t1", answer: "b", seconds: 2 },
      { task: "t2", answer: "c", seconds: 3 },
    ],
  });
});

test("going back opens the answer again and returns to where one was", () => {
  const it = page(3);
  session.give(it, "a", measured(1));
  session.give(it, "b", measured(1));
  assert.equal(session.goBack(it), true);
  assert.equal(session.taskInView(it).id, "t1");
  assert.equal(it.answers.get("t1").answer, "b");
  session.give(it, "B", measured(2));
  assert.equal(session.taskInView(it).id, "t2");
  it.at = 0;
  assert.equal(session.goBack(it), false);
});

test("drafts put a page back where it was", () => {
  const drafts = new Map([["t0", { answer: "a", seconds: 4, given: true }], ["t1", { answer: "half", seconds: 2 }], ["t2", null]]);
  const it = page(3, drafts);
  assert.equal(session.taskInView(it).id, "t1");
  assert.deepEqual(it.answers.get("t1"), { answer: "half", seconds: 2, signals: null, given: false });
  const full = page(1, new Map([["t0", { answer: "a", seconds: 1, given: true }]]));
  assert.equal(session.taskInView(full).id, "t0");
});

test("leaving a task out shortens the page and its pay", () => {
  const it = page(3);
  session.give(it, "a", measured(1));
  assert.equal(session.leaveOut(it).id, "t1");
  assert.equal(session.taskInView(it).id, "t2");
  assert.equal(session.rewardOf(it), 40_000n);
  assert.equal(session.give(it, "c", measured(1)), true);
  assert.deepEqual(session.submission(it).answers.map((row) => row.task), ["t0", "t2"]);
});

test("leaving out the last open task completes what was answered, or empties the page", () => {
  const two = page(2);
  session.give(two, "a", measured(1));
  session.leaveOut(two);
  assert.equal(session.isComplete(two), true);
  const one = page(1);
  session.leaveOut(one);
  assert.deepEqual([one.tasks.length, session.isComplete(one)], [0, false]);
});

test("room ahead keeps within what the server allows", () => {
  assert.equal(session.roomAhead({ limit: 3, ahead: 0, unconfirmed: 0, working: true }), 2);
  assert.equal(session.roomAhead({ limit: 3, ahead: 0, unconfirmed: 1, working: true }), 1);
  assert.equal(session.roomAhead({ limit: 3, ahead: 1, unconfirmed: 1, working: true }), 0);
  assert.equal(session.roomAhead({ limit: 1, ahead: 0, unconfirmed: 0, working: true }), 0);
  assert.equal(session.roomAhead({ limit: 9, ahead: 5, unconfirmed: 0, working: true }), 0);
  assert.equal(session.roomAhead({ limit: 9, ahead: 0, unconfirmed: 0, working: true, tasks: 2 }), 2);
  assert.equal(session.roomAhead({ limit: 9, ahead: 0, unconfirmed: 0, working: true, tasks: 5 }), 1);
});

test("a page with too little time left is not begun", () => {
  assert.equal(session.worthBeginning(60, 600, 10, 1), true);
  assert.equal(session.worthBeginning(14, 600, 10, 1), false);
  assert.equal(session.worthBeginning(9, 600, null, 1), false);
  assert.equal(session.worthBeginning(19, 20, 30, 5), true);
  assert.equal(session.worthBeginning(0, 0, 1, 1), false);
});

test("asking for tasks becomes gentle and never more than half a minute apart", () => {
  const waits = [0, 1, 2, 3, 4, 5, 50].map((round) => session.pollMs(round, 0.5));
  assert.deepEqual(waits, [5000, 7500, 11250, 16875, 25313, 30000, 30000]);
});

test("the active clock counts seen and used time only", () => {
  let now = 0;
  const clock = new ActiveClock({ now: () => now, idleMs: 30_000 });
  now = 4000;
  clock.touch();
  assert.equal(clock.seconds, 4);
  now = 100_000; // a long look out of the window: 30 s of it count
  assert.equal(clock.seconds, 34);
  clock.show(false);
  now = 200_000;
  assert.equal(clock.seconds, 34);
  clock.show(true);
  now = 201_500;
  assert.equal(clock.seconds, 35.5);
  assert.deepEqual([clock.idle, clock.hidden], [66, 100]);
  clock.restart({ seconds: 12, idle: 3 });
  now = 202_500;
  assert.deepEqual([clock.seconds, clock.idle, clock.hidden], [13, 3, 0]);
});

test("signals are counted per task and go on after a reload", () => {
  let now = 0;
  const signals = new Signals(new ActiveClock({ now: () => now }));
  signals.restart();
  now = 2000;
  signals.show(false);
  now = 5000;
  signals.show(true);
  signals.paste("abc");
  signals.change();
  const { seconds, signals: kept } = signals.measured;
  assert.deepEqual([seconds, kept], [2, { idle: 0, hidden: 3, left: 1, pastes: 1, pasted: 3, changes: 1 }]);
  const again = new Signals(new ActiveClock({ now: () => now }));
  again.restart({ seconds, signals: kept });
  again.change();
  assert.deepEqual(again.measured, { seconds: 2, signals: { ...kept, changes: 2 } });
  const it = page(1);
  session.give(it, "a", again.measured);
  assert.deepEqual(session.submission(it).answers[0].signals, { ...kept, changes: 2 });
  again.restart();
  assert.deepEqual(again.measured.signals, { idle: 0, hidden: 0, left: 0, pastes: 0, pasted: 0, changes: 0 });
});

test("a page is warned of and ended once", () => {
  const said = [];
  const time = new TimeLeft({ view: { clock: () => {}, announce: (text) => said.push(text) }, onOver: (late) => said.push(late.id) });
  const late = { id: "a", deadline: { left: 200 } };
  for (const left of [200, 59, 58, 14, 0, 0]) {
    late.deadline.left = left;
    time.tick(late);
  }
  assert.deepEqual(said, ["Less than a minute left.", "15 seconds left.", "a"]);
  time.tick({ id: "b", deadline: { left: 50 } });
  assert.equal(said.at(-1), "Less than a minute left.");
});

test("the letters a question takes; one without classes takes none", () => {
  assert.deepEqual(session.lettersOf({ classes: [{ hotkey: "1" }, { hotkey: "" }, { hotkey: "s" }] }), ["1", "s"]);
  assert.deepEqual(session.lettersOf({ prompt: "?" }), []);
});

test("a deadline believes the clock that went further", () => {
  let wall = 0;
  let steady = 0;
  const deadline = new Deadline(100, { wall: () => wall, steady: () => steady });
  wall = 30_000;
  assert.equal(deadline.left, 70); // the laptop slept: only the wall clock went on
  wall = -50_000;
  steady = 40_000;
  assert.equal(deadline.left, 60); // somebody set the wall clock back
  steady = 999_000;
  assert.equal(deadline.left, 0);
});

test("the countdown warns in time", () => {
  assert.deepEqual([61, 60, 16, 15, 0.1, 0].map(urgency), ["calm", "soon", "soon", "urgent", "urgent", "over"]);
  assert.deepEqual([272, 59.2, 7300, 0].map(clockText), ["4:32", "1:00", "2:01:40", "0:00"]);
});

function storage({ full = false } = {}) {
  const rows = new Map();
  return {
    get length() {
      return rows.size;
    },
    key: (place) => [...rows.keys()][place],
    getItem: (name) => rows.get(name) ?? null,
    setItem: (name, text) => {
      if (full) throw new Error("QuotaExceededError");
      rows.set(name, text);
    },
    removeItem: (name) => rows.delete(name),
    rows,
  };
}

test("drafts survive, are kept apart by person, and go with their assignment", () => {
  const place = storage();
  const drafts = new Drafts({ storage: place, person: "willa", now: () => 5 });
  drafts.save("as1", "t1", { answer: { class: "a" }, seconds: 3 });
  drafts.save("as1", "t2", { answer: { class: "b" }, seconds: 1, given: true });
  drafts.save("as2", "t1", { answer: { class: "c" }, seconds: 1 });
  const reloaded = new Drafts({ storage: place, person: "willa" });
  assert.deepEqual(reloaded.load("as1", "t1"), { answer: { class: "a" }, seconds: 3, given: false, at: 5 });
  assert.equal(new Drafts({ storage: place, person: "wim" }).load("as1", "t1"), null);
  reloaded.forget("as1");
  assert.deepEqual([reloaded.load("as1", "t2"), reloaded.load("as2", "t1").answer], [null, { class: "c" }]);
});

test("drafts that are old or broken are swept, other things are not touched", () => {
  const place = storage();
  place.setItem("theme", "dark");
  place.setItem("quorate:draft:willa:as0:t0", "{broken");
  new Drafts({ storage: place, person: "willa", now: () => 1 }).save("as1", "t1", { answer: 1, seconds: 0 });
  const later = new Drafts({ storage: place, person: "willa", now: () => 30 * 24 * 3600 * 1000 });
  later.save("as2", "t1", { answer: 2, seconds: 0 });
  later.sweep();
  assert.deepEqual([...place.rows.keys()], ["theme", "quorate:draft:willa:as2:t1"]);
});

test("a full browser is told of once", () => {
  let told = 0;
  const drafts = new Drafts({ storage: storage({ full: true }), person: "willa", onFull: () => (told += 1) });
  drafts.save("a", "t", { answer: 1 });
  drafts.save("a", "t", { answer: 2 });
  assert.equal(told, 1);
});

test("money is exact to the micro-unit", () => {
  assert.equal(micro("0.05"), 50_000n);
  assert.equal(micro("12"), 12_000_000n);
  assert.equal(micro("0.000001"), 1n);
  const dollars = { symbol: "$", currency: "USD" };
  assert.deepEqual([50_000n, 1500n, 0n, 1_234_567_890_000n, -20_000n].map((amount) => moneyText(amount, dollars)), ["$0.05", "$0.0015", "$0.00", "$1,234,567.89", "−$0.02"]);
  assert.equal(moneyText(50_000n, { symbol: "", currency: "CHF" }), "0.05\u00a0CHF");
  assert.equal(Array(1000).fill(micro("0.1")).reduce((a, b) => a + b), 100_000_000n);
});

test("calls carry key and token, and never throw", async () => {
  let seen;
  const ok = createApi({ token: () => "tok", fetch: async (url, options) => ((seen = { url, ...options }), new Response('{"a": 1}', { status: 200 })) });
  assert.deepEqual((await ok("POST", "x/", { b: 2 }, { key: "k" })).data, { a: 1 });
  assert.deepEqual([seen.url, seen.body, seen.headers["X-CSRFToken"], seen.headers["Idempotency-Key"]], ["/api/v1/x/", '{"b":2}', "tok", "k"]);
  const away = createApi({ token: () => "", fetch: async () => Promise.reject(new TypeError("failed")) });
  assert.equal((await away("GET", "x/")).status, 0);
});

test("a success cut on its way is asked for again", async () => {
  const cut = createApi({ token: () => "", fetch: async () => new Response('{"assignment": {"id"', { status: 200 }) });
  assert.equal((await cut("POST", "x/", {})).status, 0);
});

test("an error page of a proxy is an error in words", async () => {
  const proxy = createApi({ token: () => "", fetch: async () => new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "Retry-After": "7" } }) });
  const answer = await proxy("POST", "x/", {});
  assert.deepEqual([answer.status, answer.error.message, answer.retryAfterMs], [502, "The server answered 502.", 7000]);
});

test("Retry-After is read as seconds or as a date", () => {
  assert.equal(retryAfterMs("3", 0), 3000);
  assert.equal(retryAfterMs("Thu, 01 Jan 1970 00:00:10 GMT", 4000), 6000);
  assert.deepEqual([retryAfterMs(null, 0), retryAfterMs("soon", 0)], [0, 0]);
});

// navigator.locks as far as it is used here.
function lockManager() {
  let holder = null;
  return {
    request(name, options, run) {
      if (options.ifAvailable && holder) return Promise.resolve(run(null));
      if (options.steal && holder) holder.reject(new Error("AbortError"));
      const mine = { reject: null };
      holder = mine;
      const broken = new Promise((_, reject) => (mine.reject = reject));
      return Promise.race([Promise.resolve(run({ name })), broken]).finally(() => {
        if (holder === mine) holder = null;
      });
    },
  };
}

test("the second tab waits until it is told to take over", async () => {
  const locks = lockManager();
  const log = [];
  let takeOver;
  alone("x", { locks, onAlone: () => log.push("first works"), onTaken: () => log.push("first stops") });
  alone("x", { locks, onAlone: () => log.push("second works"), onTaken: (take) => ((takeOver = take), log.push("second waits")) });
  await Promise.resolve();
  assert.deepEqual(log, ["first works", "second waits"]);
  await takeOver();
  await new Promise(setImmediate);
  assert.deepEqual(log, ["first works", "second waits", "first stops"]);
});

test("without locks every tab works", () => {
  let works = false;
  alone("x", { locks: null, onAlone: () => (works = true), onTaken: () => {} });
  assert.equal(works, true);
});

const came = (reason, message = "Words.") => ({ status: 200, data: { assignment: null, reason, message }, error: null });
const refused = (status, code) => ({ status, data: null, error: { code, message: "Why." } });

test("why there is no page decides what the page does next", () => {
  assert.deepEqual(
    [came("no_tasks"), came("paused"), came("closed"), came("restricted"), refused(0, "network"), refused(503, "unavailable"), refused(401, "not_authenticated"), refused(409, "too_many_active"), refused(404, "not_found")].map((answer) => words.noPage(answer).then),
    ["poll", "poll", "stop", "stop", "retry", "retry", "sign-in", "reload", "stop"],
  );
  assert.equal(words.noPage(refused(409, "too_many_active"), 2).then, "flush");
  assert.equal(words.noPage(came("no_tasks")).text, "Words. This page looks again by itself.");
  assert.equal(words.noPage(refused(404, "not_found")).text, "Why.");
});

test("a refusal says whether the page can be opened again", () => {
  assert.equal(words.refusal({ code: "assignment_over", message: "" }).final, true);
  assert.deepEqual(words.refusal({ code: "invalid", message: "Box 3 is too small." }), { text: "An answer was not taken: Box 3 is too small. It is kept here.", final: false });
});

test("trouble is told only while something waits", () => {
  assert.equal(words.trouble(undefined, 3), null);
  assert.equal(words.trouble("network", 0), null);
  assert.match(words.trouble("network", 1).text, /^No connection\. An answer is kept in this browser and sent by itself/);
  assert.match(words.trouble("blocked", 2).text, /^You are signed out\. 2 answers are kept/);
});

function supply(answers, options = {}) {
  const sent = [];
  const it = new Supply({
    pool: "p1",
    limit: 3,
    secondsPerTask: 4,
    drafts: new Drafts({ storage: storage(), person: "willa" }),
    pictures: () => [],
    call: async (method, path, body, extra) => (sent.push({ method, path, key: extra?.key }), answers(sent.length)),
    ...options,
  });
  return { it, sent };
}
const handed = (id, seconds = 600) => ({ status: 200, error: null, data: { assignment: { ...assignment(1), id, state: "active", seconds_left: seconds } } });
const nothing = { status: 200, error: null, data: { assignment: null, reason: "no_tasks", message: "" } };
const lost = { status: 0, data: null, error: { code: "network", message: "" } };

test("supply asked twice at once asks the server once", async () => {
  const { it, sent } = supply((count) => handed(`as${count}`));
  await Promise.all([it.take(), it.take()]);
  assert.deepEqual([sent.length, it.ahead.length], [1, 1]);
});

test("supply asks for a lost answer under the same key, for a new page under a new one", async () => {
  const { it, sent } = supply((count) => (count === 1 ? lost : handed(`as${count}`)));
  for (let turn = 0; turn < 3; turn += 1) await it.take();
  assert.equal(sent[0].key, sent[1].key);
  assert.notEqual(sent[1].key, sent[2].key);
});

test("supply keeps an assignment that comes twice once", async () => {
  const { it } = supply(() => handed("as1"));
  await it.take();
  await it.take();
  assert.equal(it.ahead.length, 1);
});

test("supply fills up to the limit and stops when there is nothing more", async () => {
  const full = supply((count) => handed(`as${count}`));
  await full.it.fill(() => ({ working: true, unconfirmed: 0 }));
  assert.equal(full.it.ahead.length, 2);
  const empty = supply((count) => (count === 1 ? handed("as1") : nothing));
  await empty.it.fill(() => ({ working: true, unconfirmed: 0 }));
  assert.deepEqual([empty.sent.length, empty.it.ahead.length], [2, 1]);
  const wide = supply((count) => ({ ...handed(""), data: { assignment: { ...assignment(5), id: `as${count}`, seconds_left: 600 } } }));
  await wide.it.fill(() => ({ working: true, unconfirmed: 0 }));
  assert.equal(wide.it.ahead.length, 1);
  const idle = supply(() => handed("as1"));
  await idle.it.fill(() => ({ working: false, unconfirmed: 0 }));
  assert.equal(idle.sent.length, 0);
});

test("supply gives back pages that waited too long, but no page for being short from the start", () => {
  const { it } = supply(() => nothing);
  const back = [];
  it.keep(handed("late").data.assignment);
  it.ahead[0].deadline = { left: 3, secondsLeft: 600 };
  it.keep(handed("short", 8).data.assignment);
  assert.equal(it.shift((page) => back.push(page.assignment.id)).assignment.id, "short");
  assert.deepEqual(back, ["late"]);
  assert.equal(it.shift(() => {}), null);
});

test("supply puts back a page as the next one, and fetches one's own active assignments", async () => {
  const { it } = supply((count) => (count === 1 ? handed("mine") : { ...handed("over"), data: { assignment: { id: "over", state: "expired", tasks: [] } } }));
  it.keep(handed("first").data.assignment);
  assert.equal(await it.fetch("mine", { first: true }), null);
  assert.notEqual(await it.fetch("over"), null);
  assert.deepEqual(it.ahead.map((page) => page.assignment.id), ["mine", "first"]);
});

test("what was taken ahead and never shown is given back on leaving, once", () => {
  const drafts = { load: (_, task) => (task === "drafted" ? { answer: "a", seconds: 1 } : null) };
  const supply = new Supply({ pool: "p", limit: 9, call: null, drafts, pictures: () => [] });
  for (const id of ["fresh", "seen", "drafted"]) supply.keep({ id, reward: "0.01", seconds_left: 60, tasks: [{ id, position: 0, item: {}, media_url: null, state: "open" }] });
  supply.ahead[1].seen = true;
  assert.deepEqual(supply.takeUnseen(), ["fresh"]);
  assert.deepEqual(supply.takeUnseen(), []);
  assert.deepEqual(supply.ahead.map((it) => it.assignment.id), ["seen", "drafted"]);
});

test("the next page reads once what was given back unseen", () => {
  const kept = new Map();
  const storage = { setItem: (name, text) => kept.set(name, text), getItem: (name) => kept.get(name) ?? null, removeItem: (name) => kept.delete(name) };
  const unseen = new Unseen({ storage, person: "w", pool: "p" });
  unseen.note([]);
  assert.deepEqual(unseen.take(), []);
  unseen.note(["a", "b"]);
  assert.deepEqual(new Unseen({ storage, person: "w", pool: "other" }).take(), []);
  assert.deepEqual(new Unseen({ storage, person: "w", pool: "p" }).take(), ["a", "b"]);
  assert.deepEqual(unseen.take(), []);
  kept.set("quorate:unseen:w:p", "{");
  assert.deepEqual(unseen.take(), []);
});

test("the time of a page whose tasks are seen at once is shared out evenly", async () => {
  const { shared } = await import("../../static/js/work/page_in_view.js");
  const signals = { idle: 6, hidden: 3, left: 1, pastes: 0, pasted: 0, changes: 4 };
  assert.deepEqual(shared({ seconds: 30, signals }, 3), { seconds: 10, signals: { ...signals, idle: 2, hidden: 1 } });
});
