// The outbox: what the person has done and the server has not yet confirmed. An entry is written to the browser's
// database before the page moves on and removed only after the server's yes, so a reload, a crash or hours without
// network lose nothing; each entry carries its idempotency key, so sending it again doubles nothing.
//
// An entry may be *held* for a few seconds, in which it can be taken back. The page being left ends the hold.

import { verdict } from "./api.js";

export const HOLD_MS = 5000;
// Browsers refuse more than 64 KiB of keepalive bodies at once.
const KEEPALIVE_BYTES = 60_000;
const BACKOFF_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];

export function backoffMs(attempts, random = Math.random()) {
  const step = BACKOFF_MS[Math.min(Math.max(attempts, 1), BACKOFF_MS.length) - 1];
  return Math.round(step * (0.75 + random / 2));
}

// In the order in which things were done.
export function inOrder(entries) {
  return [...entries].sort((a, b) => a.at - b.at || a.turn - b.turn);
}

export class Outbox {
  // store: {all, put, remove} (stores.js); call: api.js; person: public id, other people's entries are left alone;
  // onDone(entry, data), onRefused(entry), onChange(status) tell the page.
  constructor({ store, call, person, onDone = () => {}, onRefused = () => {}, onChange = () => {}, now = Date.now, timer = globalThis }) {
    Object.assign(this, { store, call, person, onDone, onRefused, onChange, now, timer });
    this.entries = new Map();
    this.sending = new Set();
    this.trouble = null; // {kind: "network" | "blocked", message, retryAt}
    this.turn = 0;
    this.attempts = 0;
    this.wake = null;
    this.running = null;
    this.again = false;
  }

  // Reads what earlier pages left. Entries that were refused stay for the person to see.
  async open() {
    for (const entry of await this.store.all()) if (entry.person === this.person) this.entries.set(entry.id, entry);
    this.changed();
  }

  has(id) {
    return this.entries.has(id);
  }

  get waiting() {
    return inOrder([...this.entries.values()].filter((entry) => !entry.refused));
  }

  get refused() {
    return inOrder([...this.entries.values()].filter((entry) => entry.refused));
  }

  // Resolves when the entry is safe in the browser's database (or, where there is none, in memory and on its way).
  // What was held before is released: only the last thing done can be taken back.
  async add({ id, path, body, key, about = {}, holdMs = 0 }) {
    if (this.entries.has(id)) return this.entries.get(id); // a double click
    const now = this.now();
    for (const entry of this.entries.values()) if (entry.heldUntil > now) entry.heldUntil = 0;
    const entry = { id, path, body, key, about, person: this.person, at: now, turn: this.turn++, heldUntil: holdMs ? now + holdMs : 0, refused: null };
    this.entries.set(id, entry);
    this.changed();
    const kept = await this.store.put(entry);
    if (!kept) entry.heldUntil = 0; // nothing keeps it but this page: do not wait
    this.flush();
    return entry;
  }

  // The entry, if it was held and not yet sent; null when it is too late. Nothing is awaited between the check and the
  // removal from `entries`, so the sender cannot pick it up in between.
  async takeBack(id) {
    const entry = this.entries.get(id);
    if (!entry || entry.refused || this.sending.has(id) || entry.heldUntil <= this.now()) return null;
    this.entries.delete(id);
    this.changed();
    await this.store.remove(id);
    return entry;
  }

  // Forgets a refused entry the person has read about.
  async dismiss(id) {
    if (!this.entries.get(id)?.refused) return;
    this.entries.delete(id);
    this.changed();
    await this.store.remove(id);
  }

  // Sends all that is due, one after the other. `force` ends holds and waits for no retry time.
  flush({ force = false } = {}) {
    if (force) for (const entry of this.entries.values()) entry.heldUntil = 0;
    if (!force && this.trouble && this.trouble.retryAt > this.now()) {
      this.sleepUntil(this.trouble.retryAt);
      return this.running ?? Promise.resolve();
    }
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.sendAll().finally(() => {
      this.running = null;
      if (this.again) {
        this.again = false;
        return this.flush();
      }
      return undefined;
    });
    return this.running;
  }

  // The network is back, or the person asks: no waiting for the next try.
  retryNow() {
    if (this.trouble) this.trouble.retryAt = 0;
    return this.flush();
  }

  async sendAll() {
    for (;;) {
      const now = this.now();
      const waiting = this.waiting;
      const entry = waiting.find((candidate) => candidate.heldUntil <= now);
      if (!entry) {
        if (waiting.length) this.sleepUntil(Math.min(...waiting.map((held) => held.heldUntil)));
        return;
      }
      if (!(await this.sendOne(entry))) return;
    }
  }

  async sendOne(entry) {
    this.sending.add(entry.id);
    this.changed();
    // Small bodies are sent so that they outlive the page, should it be left meanwhile.
    const keepalive = JSON.stringify(entry.body).length < KEEPALIVE_BYTES / 2;
    const answer = await this.call("POST", entry.path, entry.body, { key: entry.key, keepalive });
    this.sending.delete(entry.id);
    const kind = verdict(answer);
    if (kind === "retry" || kind === "blocked") {
      this.attempts += 1;
      const wait = Math.max(kind === "retry" ? backoffMs(this.attempts) : 30_000, answer.retryAfterMs);
      this.trouble = { kind: kind === "retry" ? "network" : "blocked", message: answer.error?.message ?? "", retryAt: this.now() + wait };
      this.sleepUntil(this.trouble.retryAt);
      this.changed();
      return false;
    }
    this.attempts = 0;
    this.trouble = null;
    if (kind === "done") {
      this.entries.delete(entry.id);
      await this.store.remove(entry.id);
      this.onDone(entry, answer.data);
    } else {
      entry.refused = { code: answer.error.code, message: answer.error.message, fields: answer.error.fields ?? {} };
      await this.store.put(entry);
      this.onRefused(entry);
    }
    this.changed();
    return true;
  }

  // The page is being left: everything goes out at once in requests that outlive the page. Their answers may never be
  // read; then the next page sends the same again under the same key and is told what became of it.
  leave() {
    let budget = KEEPALIVE_BYTES;
    for (const entry of this.waiting) {
      const size = JSON.stringify(entry.body).length;
      if (this.sending.has(entry.id) || size > budget) continue;
      budget -= size;
      entry.heldUntil = 0;
      this.call("POST", entry.path, entry.body, { key: entry.key, keepalive: true });
    }
  }

  sleepUntil(moment) {
    this.timer.clearTimeout(this.wake);
    this.wake = this.timer.setTimeout(() => this.flush(), Math.max(0, moment - this.now()));
  }

  changed() {
    this.onChange({ waiting: this.waiting, refused: this.refused, sending: this.sending.size, trouble: this.trouble });
  }
}
