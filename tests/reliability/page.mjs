// The work page's own supply and outbox, without its screen, answering through a bad network:
// node page.mjs PORT KEY POOL COUNT → JSON of what the person said, by task. Every answer is given twice (a double click),
// and after every fortieth the page "crashes": a new one goes on from what its browser kept.

import http from "node:http";

import { createApi } from "../../static/js/work/api.js";
import { Outbox } from "../../static/js/work/outbox.js";
import { Supply } from "../../static/js/work/supply.js";

const [port, key, pool, wanted] = process.argv.slice(2);
const LIMIT = 5;
const CRASH_EVERY = 40;

// A connection of its own for each call, so that each has the same chance of being cut.
function fetch(url, { method, headers, body }) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers: { ...headers, Authorization: `Bearer ${key}` }, agent: false }, (reply) => {
      const parts = [];
      reply.on("data", (part) => parts.push(part));
      reply.on("end", () => resolve(new Response(Buffer.concat(parts), { status: reply.statusCode, headers: { "Retry-After": reply.headers["retry-after"] ?? "" } })));
      reply.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

// A thousand times as fast as life: the waits between tries pass in milliseconds.
const clock = { now: () => Date.now() * 1000, timer: { setTimeout: (run, ms) => setTimeout(run, ms / 1000), clearTimeout } };

class Lasting {
  constructor() {
    this.rows = new Map();
  }
  async all() {
    return structuredClone([...this.rows.values()]);
  }
  async put(entry) {
    this.rows.set(entry.id, structuredClone(entry));
    return true;
  }
  async remove(id) {
    this.rows.delete(id);
  }
}

const call = createApi({ base: `http://127.0.0.1:${port}/api/v1/`, fetch, token: () => "" });
const store = new Lasting();
const said = {};
const receipts = { done: 0, refused: [] };

async function openOutbox() {
  const outbox = new Outbox({
    store,
    call,
    person: "willa",
    ...clock,
    onDone: () => (receipts.done += 1),
    onRefused: (entry) => receipts.refused.push(entry.refused),
  });
  await outbox.open();
  outbox.flush(); // as the page does: with every place taken, nothing but what an earlier page left would set it going
  return outbox;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 1));
const supply = new Supply({ pool, limit: LIMIT, secondsPerTask: 1, call, drafts: { load: () => null }, pictures: () => [] });
let outbox = await openOutbox();

for (let count = 0; count < Number(wanted); ) {
  const page = supply.shift(() => {});
  if (!page) {
    await supply.take();
    await pause();
    continue;
  }
  const { id } = page.assignment;
  const answers = page.tasks.map((task) => ({ task: task.id, answer: { class: count % 3 ? "cat" : "dog" }, seconds: 1 }));
  const submission = { id: `submit:${id}`, path: `assignments/${id}/submit/`, body: { answers }, key: `key-${id}`, about: { assignment: id } };
  await Promise.all([outbox.add(submission), outbox.add({ ...submission, key: `again-${id}` })]);
  for (const row of answers) said[row.task] = row.answer.class;
  count += 1;
  if (count % CRASH_EVERY === 0) {
    Object.assign(outbox, { sendAll: async () => {}, flush: async () => {} }); // what it has under way may still arrive
    outbox = await openOutbox();
  }
}
while (outbox.waiting.length) {
  outbox.retryNow();
  await pause();
}
console.log(JSON.stringify({ said, ...receipts }));
process.exit(0);
