// What is done to a page goes to the outbox. The page handed in last may be taken back for a moment, and what the outbox
// has to tell is shown.

import { newKey } from "./api.js";
import { micro, moneyText } from "./money.js";
import { HOLD_MS, Outbox } from "./outbox.js";
import * as session from "./session.js";
import * as words from "./words.js";

const isSubmission = (entry) => entry.id.startsWith("submit:");

export class HandingIn {
  // on: {done() after each arrival, reopen(entry) when the person asks for it}. `view`: {undo, earned, sync, notice}.
  constructor({ config, view, drafts, call, store, on, timer = globalThis }) {
    Object.assign(this, { config, view, drafts, on, timer });
    this.last = null; // {page, entry}: may be taken back
    this.confirmed = { amount: 0n, tasks: 0 };
    this.outbox = new Outbox({
      store,
      call,
      person: config.person,
      timer,
      onDone: (entry, data) => this.onDone(entry, data),
      onRefused: (entry) => this.onRefused(entry),
      onChange: (status) => this.onChange(status),
    });
  }

  // What an earlier visit left is here again.
  async open() {
    await this.outbox.open();
    for (const entry of this.outbox.refused) this.onRefused(entry);
  }

  // Whether the page of this id is on its way already.
  has(id) {
    return this.outbox.has(`submit:${id}`) || this.outbox.has(`return:${id}`);
  }

  // How many pages but this one may stand unfinished in the server's eyes, because what was done to them has not arrived.
  unconfirmed(except) {
    const here = this.outbox.waiting.filter((entry) => entry.about.pool === this.config.pool);
    return new Set(here.map((entry) => entry.about.assignment).filter((id) => id !== except)).size;
  }

  // The path, body and key of something done to a page, into the outbox.
  post(verb, page, body, { task = "", holdMs = 0, about = {} } = {}) {
    const { id } = page.assignment;
    return this.outbox.add({
      id: [verb, id, task].filter(Boolean).join(":"),
      path: `assignments/${id}/${verb}/`,
      body,
      key: newKey(),
      holdMs,
      about: { assignment: id, pool: this.config.pool, ...about },
    });
  }

  submit(page) {
    const about = { reward: String(session.rewardOf(page)), tasks: page.tasks.length };
    this.last = { page, entry: `submit:${page.assignment.id}` };
    this.post("submit", page, session.submission(page), { holdMs: HOLD_MS, about });
    this.view.undo(page.tasks.length > 1 ? "Page handed in" : "Handed in");
    this.timer.clearTimeout(this.undoTimer);
    this.undoTimer = this.timer.setTimeout(() => this.endUndo(), HOLD_MS);
  }

  endUndo() {
    this.timer.clearTimeout(this.undoTimer);
    this.last = null;
    this.view.undo("");
  }

  // Takes back what was handed in last → its page, the last task in view and open again; null if it has gone off already.
  // The answers are drafts in this browser all along, so there is no moment in which they are nowhere.
  async takeBack() {
    const { page, entry } = this.last;
    this.endUndo();
    if (!(await this.outbox.takeBack(entry))) return null;
    page.at = page.tasks.length - 1;
    const task = session.taskInView(page);
    const answer = page.answers.get(task.id);
    answer.given = false;
    this.drafts.save(page.assignment.id, task.id, answer);
    return page;
  }

  // A refused submission's answers are drafts again, so that its page can be opened with all of them in place.
  restore(entry) {
    for (const row of entry.body.answers) this.drafts.save(entry.about.assignment, row.task, row);
  }

  // Tells the requester what is wrong with a task.
  report(page, task, { about, text }) {
    return this.post("report", page, { task: task.id, about, text }, { task: `${task.id}:${about}` });
  }

  async dismiss(entry) {
    await this.outbox.dismiss(entry.id);
    this.view.notice(entry.id, null);
  }

  // ---- News from the outbox ------------------------------------------------------------------------------------
  onDone(entry, data) {
    if (isSubmission(entry)) {
      this.confirmed.amount += micro(data.assignment.reward);
      this.confirmed.tasks += entry.about.tasks ?? 0;
      this.drafts.forget(entry.about.assignment);
      if (this.last?.entry === entry.id) this.endUndo();
    }
    this.on.done();
  }

  onRefused(entry) {
    if (this.last?.entry === entry.id) this.endUndo();
    if (!isSubmission(entry)) {
      this.outbox.dismiss(entry.id); // a place that could not be given back has come free in another way
      return;
    }
    const { text, final } = words.refusal(entry.refused);
    this.view.notice(entry.id, {
      tone: "danger",
      text,
      actions: final ? [] : [{ text: "Open it again", run: () => this.on.reopen(entry) }],
      onDismiss: () => {
        this.outbox.dismiss(entry.id);
        this.drafts.forget(entry.about.assignment);
      },
    });
  }

  onChange(status) {
    this.view.sync(status);
    const waiting = status.waiting.filter(isSubmission);
    const amount = waiting.reduce((sum, entry) => sum + BigInt(entry.about.reward ?? 0), this.confirmed.amount);
    const tasks = waiting.reduce((sum, entry) => sum + (entry.about.tasks ?? 0), this.confirmed.tasks);
    this.view.earned(moneyText(amount, this.config), tasks);
    const kind = status.trouble?.kind;
    const line = words.trouble(kind, waiting.length);
    const action = kind === "blocked" ? { text: "Sign in", href: this.config.signIn } : { text: "Send now", run: () => this.outbox.retryNow() };
    this.view.notice("trouble", line && { ...line, actions: [action] });
  }
}
