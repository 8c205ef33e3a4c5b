import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Drafts } from "../../static/js/work/drafts.js";
import { Getting } from "../../static/js/work/getting.js";
import { HandingIn } from "../../static/js/work/handing_in.js";
import { listen } from "../../static/js/work/listening.js";
import { openPage, give } from "../../static/js/work/session.js";
import { MemoryStore } from "../../static/js/work/stores.js";
import { TaskInView } from "../../static/js/work/task_in_view.js";
import { actionsOf, planWithout } from "../../static/js/work/without.js";

const tasks = [{ id: "t0", position: 0, item: {}, media_url: null, state: "open" }];
const answered = () => {
  const page = openPage({ id: "as1", reward: "0.06", tasks }, null);
  give(page, { class: "cat" }, { seconds: 2, signals: null });
  return page;
};
const storage = () => {
  const rows = new Map();
  return {
    getItem: (key) => rows.get(key) ?? null,
    setItem: (key, value) => rows.set(key, value),
    removeItem: (key) => rows.delete(key),
    key: (place) => [...rows.keys()][place] ?? null,
    get length() {
      return rows.size;
    },
  };
};

let shown, sent, reply, handing, drafts, done, reopened;
beforeEach(async () => {
  [shown, sent, done, reopened] = [{ notices: new Map() }, [], 0, []];
  reply = { status: 200, data: { assignment: { reward: "0.06" } }, error: null, retryAfterMs: 0 };
  drafts = new Drafts({ storage: storage(), person: "p" });
  const view = {
    undo: (text) => (shown.undo = text),
    earned: (text, count) => (shown.earned = [text, count]),
    sync: () => {},
    notice: (id, notice) => shown.notices.set(id, notice),
  };
  handing = new HandingIn({
    config: { person: "p", pool: "pool", symbol: "$", currency: "USD", signIn: "/sign-in/" },
    view,
    drafts,
    call: async (method, path, body) => {
      sent.push([method, path, body]);
      return reply;
    },
    store: new MemoryStore(),
    timer: { setTimeout: () => 1, clearTimeout: () => {} },
    on: { done: () => (done += 1), reopen: (entry) => reopened.push(entry.id) },
  });
  await handing.open();
});

test("what is handed in is held, counts as earned, and may be taken back with its answer as a draft", async () => {
  const page = answered();
  handing.submit(page);
  assert.deepEqual([shown.undo, shown.earned], ["Handed in", ["$0.06", 1]]);
  assert.equal(handing.has("as1"), true);
  assert.deepEqual([handing.unconfirmed("other"), handing.unconfirmed("as1")], [1, 0]);
  assert.equal(await handing.takeBack(), page);
  assert.equal(page.answers.get("t0").given, false);
  assert.deepEqual(drafts.load("as1", "t0").answer, { class: "cat" });
  assert.deepEqual([shown.undo, handing.last, handing.has("as1")], ["", null, false]);
  assert.deepEqual(sent, []);
});

test("once it has arrived it cannot be taken back, and its draft is forgotten", async () => {
  drafts.save("as1", "t0", { answer: { class: "cat" }, seconds: 2 });
  handing.submit(answered());
  await handing.outbox.flush({ force: true });
  assert.deepEqual([done, handing.last, shown.undo], [1, null, ""]);
  assert.deepEqual(shown.earned, ["$0.06", 1]);
  assert.equal(drafts.load("as1", "t0"), null);
});

test("a refused submission can be opened again with its answers; one that came too late cannot", async () => {
  for (const [code, actions] of [["invalid", 1], ["assignment_over", 0]]) {
    reply = { status: 400, data: null, error: { code, message: "No.", fields: {} }, retryAfterMs: 0 };
    handing.submit(answered());
    await handing.outbox.flush({ force: true });
    const notice = shown.notices.get("submit:as1");
    assert.equal(notice.actions.length, actions, code);
    notice.actions[0]?.run();
    const [entry] = handing.outbox.refused;
    handing.restore(entry);
    assert.deepEqual(drafts.load("as1", "t0").answer, { class: "cat" });
    await handing.dismiss(entry);
    assert.deepEqual([shown.notices.get("submit:as1"), handing.outbox.refused], [null, []]);
  }
  assert.deepEqual(reopened, ["submit:as1"]);
});

test("signed out, the line above the tool leads to signing in", async () => {
  reply = { status: 401, data: null, error: { code: "not_signed_in", message: "", fields: {} }, retryAfterMs: 0 };
  handing.submit(answered());
  await handing.outbox.flush({ force: true });
  assert.deepEqual(shown.notices.get("trouble").actions, [{ text: "Sign in", href: "/sign-in/" }]);
  Object.assign(reply, { status: 200, data: { assignment: { reward: "0.06" } }, error: null });
  await handing.outbox.flush({ force: true });
  assert.equal(shown.notices.get("trouble"), null);
});

test("without a page it is asked again later and later, or at once after the outbox, or never", () => {
  const none = (reason) => ({ status: 200, data: { reason, message: "None." }, error: null, retryAfterMs: 0 });
  const plan = (answer, round, unsent = 0) => planWithout(answer, { unsent, round, random: 0.5 });
  assert.equal(plan(none("no_tasks"), 0).waitMs, 5000);
  assert.equal(plan(none("no_tasks"), 9).waitMs, 30_000);
  assert.equal(plan(none("restricted"), 0).waitMs, null);
  const offline = { status: 0, data: null, error: { code: "network" }, retryAfterMs: 90_000 };
  assert.equal(plan(offline, 0).waitMs, 90_000);
  const held = { status: 409, data: null, error: { code: "too_many_active", message: "Three." }, retryAfterMs: 0 };
  assert.deepEqual([plan(held, 0, 2).busy, plan(held, 0, 2).waitMs], [true, 1000]);
  assert.deepEqual([plan(held, 0).busy, plan(held, 0).then], [false, "reload"]);
});

test("each plan has its buttons, and the task list is the way out of the others", () => {
  const act = { next: () => {}, reload: () => {}, signIn: "/in/" };
  assert.deepEqual(actionsOf("sign-in", act), [{ text: "Sign in", href: "/in/", primary: true }]);
  assert.equal(actionsOf("retry", act)[0].run, act.next);
  assert.equal(actionsOf("reload", act)[0].run, act.reload);
  assert.deepEqual(actionsOf("flush", act), []);
  assert.deepEqual([actionsOf("stop", act)[0].primary, actionsOf("poll", act)[0].primary], [true, false]);
});

test("signs of the browser are told apart", () => {
  const page = Object.assign(new EventTarget(), { hidden: false });
  const window = new EventTarget();
  const heard = [];
  const note = (name) => (value) => heard.push(value === undefined ? name : `${name} ${value}`);
  const names = ["touched", "seen", "left", "back", "online"];
  listen(Object.fromEntries(names.map((name) => [name, note(name)])), { page, window });
  page.dispatchEvent(new Event("keydown"));
  page.hidden = true;
  page.dispatchEvent(new Event("visibilitychange"));
  window.dispatchEvent(new Event("pagehide"));
  window.dispatchEvent(new Event("pageshow")); // loaded anew: nothing to go on with
  window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  window.dispatchEvent(new Event("online"));
  assert.deepEqual(heard, ["touched", "seen false", "left", "back", "online"]);
});

// The task in view

class FakeRoot extends EventTarget {}

function inView({ tasks: count = 1, problems = [] } = {}) {
  const log = { said: [], finished: [], mounts: [] };
  const ready = {
    freshStage: () => (log.root = new FakeRoot()),
    progress: () => {},
    setClassKeys: (letters) => (log.letters = letters),
    submitButton: (shown, text) => (log.button = [shown, text]),
    announce: () => {},
    say: (text, tone) => text && log.said.push([text, tone]),
  };
  const tool = {
    mount: (root, options) => {
      const mounted = { options, value: () => log.value ?? null, problems: () => problems, focus: () => {}, destroy: () => (log.destroyed = true) };
      log.mounts.push(mounted);
      return mounted;
    },
  };
  const now = new TaskInView({ tool, config: { examples: {} }, view: ready, drafts: new Drafts({ storage: storage(), person: "p" }), onFinished: (page) => log.finished.push(page) });
  const rows = Array.from({ length: count }, (_, place) => ({ id: `t${place}`, position: place, item: {}, media_url: null, state: "open" }));
  now.open(openPage({ id: "as1", reward: "0.06", tasks: rows, question: { classes: [{ hotkey: "1" }] } }, null));
  return { now, log };
}

test("the last answer of a page finishes it, with what was measured", () => {
  const { now, log } = inView({ tasks: 2 });
  assert.deepEqual([log.letters, log.button], [["1"], [false, "Next"]]);
  log.root.dispatchEvent(Object.assign(new Event("paste"), { clipboardData: { getData: () => "four" } }));
  now.change({ class: "cat" });
  now.finish({ class: "cat" });
  assert.deepEqual([log.mounts.length, log.finished.length], [2, 0]);
  now.finish({ class: "dog" });
  const [page] = log.finished;
  assert.deepEqual([...page.answers.values()].map((one) => [one.answer.class, one.given, one.signals.pasted, one.signals.changes]), [
    ["cat", true, 4, 1],
    ["dog", true, 0, 0],
  ]);
  assert.equal(now.page, null);
});

test("problems are asked about once, all of them; a change asks again; one that blocks stays", () => {
  const problems = [{ code: "a", message: "First?", show: () => (problems.shown = true) }, { code: "b", message: "Second?" }];
  const { now, log } = inView({ problems });
  log.value = { boxes: [] };
  now.submit();
  assert.deepEqual([log.said, problems.shown], [[["First? Second? Press Submit again if so.", "warning"]], true]);
  now.change(log.value);
  now.submit();
  assert.equal(log.finished.length, 0);
  now.submit();
  assert.equal(log.finished.length, 1);
  const blocked = inView({ problems: [{ code: "c", message: "No.", blocking: true }] });
  blocked.log.value = 1;
  blocked.now.submit();
  blocked.now.submit();
  assert.deepEqual([blocked.log.finished.length, blocked.log.said.at(-1)], [0, ["No.", "danger"]]);
});

// The way to the next page

test("what was taken ahead is opened at once, else the server is asked, else the reason is shown and asked again", async () => {
  const log = [];
  const supply = { ahead: [], shift: () => supply.ahead.shift() ?? null, take: async () => reply };
  let busy = false;
  const getting = new Getting({
    supply,
    outbox: { waiting: [], flush: () => {} },
    view: { instead: (shown) => log.push(shown.title) },
    config: { signIn: "/" },
    idle: () => !busy,
    open: (page) => log.push(page),
    giveBack: () => {},
    timer: { setTimeout: (run) => ((log.again = run), 7), clearTimeout: () => {} },
    page: { hidden: false },
  });
  supply.ahead.push("first");
  await getting.next();
  reply = { status: 200, data: { assignment: null, reason: "no_tasks", message: "None." }, error: null };
  await getting.next();
  assert.deepEqual([...log], ["first", "No tasks for you just now"]);
  assert.equal(getting.waiting, 7);
  supply.ahead.push("second");
  getting.again();
  assert.deepEqual([log.at(-1), getting.waiting, getting.round], ["second", null, 0]);
  busy = true;
  supply.ahead.push("third");
  await getting.next();
  assert.equal(supply.ahead.length, 1);
});
