// A work session: takes pages of tasks, shows one, hands it in, with the next one already here.
//
// What the person sees never waits for the network: the next page was taken and its pictures were loaded while this one
// was worked on, and what is handed in goes to the outbox first (outbox.js). Plain state and its steps: session.js.

import { confirmWith, toast } from "../app.js";
import { alone } from "./alone.js";
import { createApi } from "./api.js";
import { ActiveClock, urgency } from "./clocks.js";
import { Drafts, Unseen } from "./drafts.js";
import { HandingIn } from "./handing_in.js";
import { listen } from "./listening.js";
import * as session from "./session.js";
import { openStore } from "./stores.js";
import { Supply } from "./supply.js";
import { View } from "./view.js";
import { LIST, actionsOf, planWithout } from "./without.js";

const TICK_MS = 500;
const UNSEEN = { unseen: true };

class Work {
  constructor(config, tool) {
    this.config = config;
    this.tool = tool;
    this.call = createApi();
    this.view = new View({
      instructions: () => this.view.toggleInstructions(),
      submit: () => this.submit(),
      back: () => this.back(),
      skip: () => this.skip(),
      undo: () => this.undo(),
      return: () => this.giveBack(),
    });
    this.drafts = new Drafts({
      storage: localStorage,
      person: config.person,
      onFull: () => toast("This browser has no room for drafts: do not reload before handing in.", "warning"),
    });
    this.unseen = new Unseen({ storage: localStorage, ...config });
    this.page = null; // in work
    this.supply = new Supply({ ...config, call: this.call, drafts: this.drafts }); // taken ahead
    this.clock = new ActiveClock();
    this.round = 0;
    this.warned = "";
    this.asked = ""; // the problems the person was asked about and may submit in spite of
    this.stopped = false;
  }

  // ---- Beginning -----------------------------------------------------------------------------------------------
  async start() {
    this.view.instead({ title: "Getting your next task", busy: true });
    this.listen();
    this.handing = new HandingIn({
      config: this.config,
      view: this.view,
      drafts: this.drafts,
      call: this.call,
      store: await openStore(),
      on: { done: () => this.fill(), reopen: (entry) => this.reopen(entry) },
    });
    this.outbox = this.handing.outbox;
    await this.handing.open();
    this.drafts.sweep();
    alone(`quorate-work-${this.config.person}-${this.config.pool}`, {
      onAlone: () => this.begin(),
      onTaken: (takeOver) => this.elsewhere(takeOver),
    });
  }

  // First what is unfinished from before, then new pages.
  async begin() {
    this.stopped = false;
    this.view.instead({ title: "Getting your next task", busy: true });
    this.outbox.flush({ force: true });
    const unseen = this.unseen.take();
    for (const id of this.config.active) {
      if (this.handing.has(id)) continue;
      if (unseen.includes(id)) {
        this.handing.post("return", { assignment: { id } }, UNSEEN);
        continue;
      }
      await this.supply.fetch(id);
    }
    this.config.active = [];
    this.next();
  }

  // The page is being left: what was taken ahead goes back at once, to whoever is there. Whether that arrived is never
  // read, so it is noted as well, and the next page neither shows it nor forgets to give it back.
  leaveUnseen() {
    if (this.stopped) return;
    const ids = this.supply.takeUnseen();
    this.unseen.note(ids);
    for (const id of ids) this.call("POST", `assignments/${id}/return/`, UNSEEN, { keepalive: true });
  }

  elsewhere(takeOver) {
    this.stopped = true;
    this.closeTool();
    this.page = null;
    this.supply.ahead = [];
    this.view.instead({
      title: "This task is open in another tab",
      text: "Work in one tab at a time: it keeps your answers and your time in order.",
      actions: [{ text: "Work here instead", run: () => this.reloadWith(takeOver), primary: true }, LIST],
    });
  }

  // The other tab's unfinished pages are found by loading this one anew.
  async reloadWith(takeOver) {
    await takeOver();
    location.reload();
  }

  listen() {
    setInterval(() => this.tick(), TICK_MS);
    listen({
      touched: () => this.clock.touch(),
      seen: (seen) => {
        this.clock.show(seen);
        if (!seen) this.outbox?.flush({ force: true });
        else if (this.waiting) this.next();
      },
      left: () => {
        this.noteDraft();
        this.outbox?.leave();
        this.leaveUnseen();
      },
      back: () => {
        if (!this.outbox) return;
        this.outbox.flush({ force: true });
        this.fill();
      },
      online: () => {
        this.outbox?.retryNow();
        if (this.waiting) this.next();
      },
    });
  }

  // ---- Pages ---------------------------------------------------------------------------------------------------
  // The next page on the screen: one taken ahead, or else a new one from the server.
  async next() {
    this.stopWaiting();
    if (this.page || this.stopped) return;
    const page = this.supply.shift((late) => this.handing.post("return", late, {}));
    if (page) {
      this.open(page);
      return;
    }
    const answer = await this.supply.take();
    if (this.page || this.stopped) return;
    if (this.supply.ahead.length) this.next();
    else if (!this.waiting) this.noPage(answer);
  }

  open(page) {
    this.page = page;
    page.seen = true;
    this.round = 0;
    this.warned = "";
    this.show();
    this.fill();
  }

  fill() {
    this.supply.fill(() => ({ working: Boolean(this.page) && !this.stopped, unconfirmed: this.handing.unconfirmed(this.page?.assignment.id) }));
  }

  noPage(answer) {
    const plan = planWithout(answer, { unsent: this.outbox.waiting.length, round: this.round });
    const act = { next: () => this.next(), reload: () => location.reload(), signIn: this.config.signIn };
    this.view.instead({ ...plan, actions: actionsOf(plan.then, act), focus: !this.round });
    if (plan.busy) this.outbox.flush({ force: true });
    if (plan.waitMs === null) return;
    // A hidden tab asks nothing; it looks again when it is seen.
    this.waiting = document.hidden ? -1 : setTimeout(() => this.next(), plan.waitMs);
    this.round += 1;
  }

  stopWaiting() {
    clearTimeout(this.waiting);
    this.waiting = null;
  }

  // ---- The task in view ----------------------------------------------------------------------------------------
  closeTool() {
    this.mounted?.destroy();
    this.mounted = null;
  }

  show() {
    this.closeTool();
    const task = session.taskInView(this.page);
    const { assignment, answers, at, tasks } = this.page;
    const earlier = answers.get(task.id);
    const root = this.view.freshStage();
    this.asked = "";
    this.clock.restart(earlier?.seconds ?? 0);
    this.view.setClassKeys(assignment.question.classes.map((row) => row.hotkey).filter(Boolean));
    this.view.progress(at, tasks.length);
    this.mounted = this.tool.mount(root, {
      question: assignment.question,
      item: task.item,
      mediaUrl: task.media_url,
      draft: earlier?.answer ?? null,
      readonly: false,
      layers: null,
      exampleUrl: (sha256) => this.config.examples[sha256] ?? null,
      onChange: (value) => this.onChange(value),
      onSubmit: (value) => this.finish(value),
    });
    this.offerSubmit();
    this.mounted.focus();
    this.tick();
    this.view.announce(tasks.length > 1 ? `Task ${at + 1} of ${tasks.length}` : "Next task");
  }

  // The button stands where there is an answer to submit; kinds whose one click answers never show it.
  offerSubmit() {
    const last = session.lastOpen(this.page);
    this.view.submitButton(this.mounted.value() !== null, last ? "Submit" : "Next");
  }

  onChange(value) {
    const page = this.page;
    if (!page) return;
    const task = session.taskInView(page);
    page.answers.set(task.id, { answer: value, seconds: this.clock.seconds, given: false });
    this.noteDraft();
    this.asked = "";
    this.view.say("");
    if (this.mounted) this.offerSubmit();
  }

  // The draft with the time worked so far.
  noteDraft() {
    const task = this.page && session.taskInView(this.page);
    const draft = task && this.page.answers.get(task.id);
    if (!draft || draft.given) return;
    draft.seconds = this.clock.seconds;
    this.drafts.save(this.page.assignment.id, task.id, draft);
  }

  submit() {
    if (this.page && this.mounted && this.mounted.value() !== null) this.finish(this.mounted.value());
  }

  // Blocking problems stop; the others are asked about once.
  finish(value) {
    if (!this.page) return;
    const problems = this.mounted.problems();
    const blocking = problems.find((problem) => problem.blocking);
    const asked = problems.map((problem) => problem.code).join();
    if (blocking || (problems.length && asked !== this.asked)) {
      this.asked = blocking ? "" : asked;
      this.view.say(blocking ? blocking.message : `${problems[0].message} Press ${session.lastOpen(this.page) ? "Submit" : "Next"} again if so.`, blocking ? "danger" : "warning");
      return;
    }
    const task = session.taskInView(this.page);
    const complete = session.give(this.page, value, this.clock.seconds);
    this.drafts.save(this.page.assignment.id, task.id, this.page.answers.get(task.id));
    if (complete) this.handIn();
    else this.show();
  }

  // ---- Handing in ----------------------------------------------------------------------------------------------
  handIn() {
    const page = this.page;
    this.closeTool();
    this.page = null;
    this.handing.submit(page);
    this.next();
  }

  async undo() {
    if (!this.handing?.last) {
      this.back();
      return;
    }
    const page = await this.handing.takeBack();
    if (!page) {
      this.view.say("It has gone off already.");
      return;
    }
    if (this.page) {
      this.noteDraft();
      this.supply.putBack(this.page);
    }
    this.stopWaiting();
    this.page = page;
    this.show();
    this.view.announce("Taken back. Change the answer and submit again.");
  }

  // Back to a page whose answers the server did not take.
  async reopen(entry) {
    this.handing.restore(entry);
    const { page } = this;
    const failed = await this.supply.fetch(entry.about.assignment, { first: true });
    if (failed) {
      toast(failed.error?.message ?? "This page is over; it cannot be opened again.", "warning");
      return;
    }
    await this.handing.dismiss(entry);
    if (this.page && this.page === page) {
      this.noteDraft();
      this.closeTool();
      this.page = null;
      this.supply.ahead.splice(1, 0, page);
    }
    this.next();
  }

  back() {
    if (!this.page) return;
    this.noteDraft();
    if (session.goBack(this.page)) this.show();
  }

  skip() {
    if (!this.page) return;
    const page = this.page;
    const task = session.leaveOut(page);
    this.handing.post("skip", page, { task: task.id, reason: "" }, { task: task.id });
    if (session.isComplete(page)) this.handIn();
    else if (page.tasks.length) this.show();
    else this.drop();
  }

  async giveBack() {
    const page = this.page;
    if (!page) return;
    const many = page.tasks.length > 1 ? `all ${page.tasks.length} tasks of this page` : "this task";
    if (!(await confirmWith(`You give ${many} back unpaid and do not get ${page.tasks.length > 1 ? "them" : "it"} again. Nothing is held against you.`, { title: "Give back?", action: "Give back" }))) return;
    if (this.page !== page) return;
    this.handing.post("return", page, {});
    this.drafts.forget(page.assignment.id);
    this.drop();
  }

  // Leaves the page in work and goes on.
  drop() {
    this.closeTool();
    this.page = null;
    this.view.instead({ title: "Getting your next task", busy: true });
    this.next();
  }

  // ---- Time ----------------------------------------------------------------------------------------------------
  tick() {
    this.supply.dropExpired();
    if (!this.page) return;
    const { left } = this.page.deadline;
    const now = urgency(left);
    this.view.clock(left);
    if (now !== this.warned && now !== "calm") this.warn(now);
    this.warned = now;
  }

  warn(now) {
    if (now === "soon") this.view.announce("Less than a minute left.");
    if (now === "urgent") this.view.announce("15 seconds left.");
    if (now !== "over") return;
    const page = this.page;
    this.closeTool();
    this.page = null;
    this.drafts.forget(page.assignment.id);
    this.view.instead({
      title: "The time for this page ran out",
      text: "Its tasks went to others. What you handed in before is not touched.",
      actions: [{ text: "Next task", run: () => this.drop(), primary: true }, LIST],
    });
  }
}

// Works with this tool, a module of js/tools/, through the pool that the page names.
export const begin = (tool) => new Work(JSON.parse(document.getElementById("work-data").textContent), tool).start();
