// A work session: takes pages of tasks, shows one, hands it in, with the next one already here.
//
// What the person sees never waits for the network: the next page was taken and its pictures were loaded while this one
// was worked on (supply.js), and what is handed in goes to the outbox first (handing_in.js, outbox.js). The task on the
// screen is task_in_view.js, the way to the next page getting.js. Plain state and its steps: session.js.

import { confirmWith } from "../shell/asking.js";
import { startShell } from "../shell/shell.js";
import { toast } from "../shell/toasts.js";
import { alone } from "../work/alone.js";
import { createApi } from "../work/api.js";
import { Drafts, Unseen } from "../work/drafts.js";
import { Getting } from "../work/getting.js";
import { HandingIn } from "../work/handing_in.js";
import { listen } from "../work/listening.js";
import * as session from "../work/session.js";
import { openStore } from "../work/stores.js";
import { Supply } from "../work/supply.js";
import { TaskInView } from "../work/task_in_view.js";
import { TimeLeft } from "../work/time_left.js";
import { View } from "../work/view.js";
import { LIST } from "../work/without.js";

const TICK_MS = 500;
const UNSEEN = { unseen: true };
const COMING = { title: "Getting your next task", busy: true };

class Work {
  constructor(config, tool) {
    this.config = config;
    this.call = createApi();
    this.view = new View({
      instructions: () => this.view.toggleInstructions(),
      submit: () => this.now.submit(),
      back: () => this.now.back(),
      skip: () => this.skip(),
      undo: () => this.undo(),
      report: () => this.report(),
      return: () => this.giveBack(),
    });
    this.drafts = new Drafts({
      storage: localStorage,
      person: config.person,
      onFull: () => toast("This browser has no room for drafts: do not reload before handing in.", "warning"),
    });
    this.unseen = new Unseen({ storage: localStorage, ...config });
    this.supply = new Supply({ ...config, call: this.call, drafts: this.drafts }); // taken ahead
    this.now = new (tool.InView ?? TaskInView)({ tool, config, view: this.view, drafts: this.drafts, onFinished: (page) => this.handIn(page) });
    this.time = new TimeLeft({ view: this.view, onOver: (page) => this.tooLate(page) });
    this.stopped = false;
  }

  // ---- Beginning and ending ------------------------------------------------------------------------------------
  async start() {
    this.view.instead(COMING);
    this.listen();
    this.handing = new HandingIn({
      config: this.config,
      view: this.view,
      drafts: this.drafts,
      call: this.call,
      store: await openStore(),
      on: { done: () => this.fill(), reopen: (entry) => this.reopen(entry) },
    });
    this.getting = new Getting({
      supply: this.supply,
      outbox: this.handing.outbox,
      view: this.view,
      config: this.config,
      idle: () => !this.now.page && !this.stopped,
      open: (page) => this.open(page),
      giveBack: (late) => this.handing.post("return", late, {}),
    });
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
    this.view.instead(COMING);
    this.handing.outbox.flush({ force: true });
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
    this.getting.next();
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
    this.now.close();
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
      touched: () => this.now.signals.touch(),
      seen: (seen) => {
        this.now.signals.show(seen);
        if (!seen) this.handing?.outbox.flush({ force: true });
        else this.getting?.again();
      },
      left: () => {
        this.now.noteDraft();
        this.handing?.outbox.leave();
        this.leaveUnseen();
      },
      back: () => {
        if (!this.getting) return;
        this.handing.outbox.flush({ force: true });
        this.fill();
      },
      online: () => {
        this.handing?.outbox.retryNow();
        this.getting?.again();
      },
    });
  }

  // ---- Pages ---------------------------------------------------------------------------------------------------
  open(page) {
    page.seen = true;
    this.now.open(page);
    this.tick();
    this.fill();
  }

  fill() {
    const { page } = this.now;
    this.supply.fill(() => ({ working: Boolean(this.now.page) && !this.stopped, unconfirmed: this.handing.unconfirmed(page?.assignment.id) }));
  }

  tick() {
    this.supply.dropExpired();
    if (this.now.page) this.time.tick(this.now.page);
  }

  tooLate(page) {
    this.now.close();
    this.drafts.forget(page.assignment.id);
    this.view.instead({
      title: "The time for this page ran out",
      text: "Its tasks went to others. What you handed in before is not touched.",
      actions: [{ text: "Next task", run: () => this.drop(), primary: true }, LIST],
    });
  }

  // Leaves the page in work and goes on.
  drop() {
    this.now.close();
    this.view.instead(COMING);
    this.getting.next();
  }

  // ---- Handing in ----------------------------------------------------------------------------------------------
  handIn(page) {
    this.handing.submit(page);
    this.getting.next();
  }

  async undo() {
    if (!this.handing?.last) {
      this.now.back();
      return;
    }
    const page = await this.handing.takeBack();
    if (!page) {
      this.view.say("It has gone off already.");
      return;
    }
    const shown = this.now.page;
    this.now.noteDraft();
    this.now.close();
    if (shown) this.supply.putBack(shown);
    this.getting.stopWaiting();
    this.open(page);
    this.view.announce("Taken back. Change the answer and submit again.");
  }

  // Back to a page whose answers the server did not take.
  async reopen(entry) {
    this.handing.restore(entry);
    const { page } = this.now;
    const failed = await this.supply.fetch(entry.about.assignment, { first: true });
    if (failed) {
      toast(failed.error?.message ?? "This page is over; it cannot be opened again.", "warning");
      return;
    }
    await this.handing.dismiss(entry);
    if (page && this.now.page === page) {
      this.now.noteDraft();
      this.now.close();
      this.supply.ahead.splice(1, 0, page);
    }
    this.getting.next();
  }

  // ---- Other than answering ------------------------------------------------------------------------------------
  skip() {
    const { page } = this.now;
    if (!page) return;
    const task = session.leaveOut(page);
    this.handing.post("skip", page, { task: task.id, reason: "" }, { task: task.id });
    if (session.isComplete(page)) {
      this.now.close();
      this.handIn(page);
    } else if (page.tasks.length) this.now.show();
    else this.drop();
  }

  async report() {
    const { page, task } = this.now;
    if (!task) return;
    const { askWhatIsWrong } = await import("../work/report.js");
    const told = await askWhatIsWrong();
    if (!told) return;
    this.handing.report(page, task, told);
    toast("The requester will read it.", "success");
    if (told.skip && this.now.task === task) this.skip();
  }

  async giveBack() {
    const { page } = this.now;
    if (!page) return;
    const many = page.tasks.length > 1 ? `all ${page.tasks.length} tasks of this page` : "this task";
    if (!(await confirmWith(`You give ${many} back unpaid and do not get ${page.tasks.length > 1 ? "them" : "it"} again. Nothing is held against you.`, { title: "Give back?", action: "Give back" }))) return;
    if (this.now.page !== page) return;
    this.handing.post("return", page, {});
    this.drafts.forget(page.assignment.id);
    this.drop();
  }
}

// Works with this tool, a module of js/tools/, through the pool that the page names. `tool.InView` stands for TaskInView
// where a kind shows all tasks of a page at once.
export function begin(tool) {
  startShell();
  return new Work(JSON.parse(document.getElementById("work-data").textContent), tool).start();
}
