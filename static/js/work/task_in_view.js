// The task on the screen: its tool, the answer in the making with how it comes about, and the questions before it is
// finished.

import * as session from "./session.js";
import { Signals } from "./signals.js";

export class TaskInView {
  // onFinished(page) comes when the last answer of a page is given. config: {examples}.
  constructor({ tool, config, view, drafts, onFinished }) {
    Object.assign(this, { tool, config, view, drafts, onFinished });
    this.page = null;
    this.mounted = null;
    this.asked = ""; // the problems the person was asked about and may finish in spite of
    this.signals = new Signals();
  }

  get task() {
    return this.page && session.taskInView(this.page);
  }

  // What the button does: the last answer of a page hands it in.
  get verb() {
    return session.lastOpen(this.page) ? "Submit" : "Next";
  }

  open(page) {
    this.page = page;
    this.show();
  }

  close() {
    this.mounted?.destroy();
    this.mounted = null;
    this.page = null;
  }

  show() {
    this.mounted?.destroy();
    const { page, task } = this;
    const { question } = page.assignment;
    const earlier = page.answers.get(task.id);
    const root = this.view.freshStage();
    root.addEventListener("paste", (event) => this.signals.paste(event.clipboardData?.getData("text") ?? ""), true);
    this.asked = "";
    this.signals.restart(earlier);
    this.view.progress(page.at, page.tasks.length);
    this.mounted = this.tool.mount(root, {
      question,
      item: task.item,
      mediaUrl: task.media_url,
      mediaUrls: task.media_urls ?? {},
      draft: earlier?.answer ?? null,
      readonly: false,
      layers: null,
      exampleUrl: (sha256) => this.config.examples[sha256] ?? null,
      onChange: (value) => this.change(value),
      onSubmit: (value) => this.finish(value),
    });
    this.view.setClassKeys(this.mounted.letters ?? session.lettersOf(question));
    this.offerSubmit();
    this.mounted.focus();
    this.view.announce(page.tasks.length > 1 ? `Task ${page.at + 1} of ${page.tasks.length}` : "Next task");
  }

  // The button stands where there is an answer to submit; kinds whose one click answers never show it.
  offerSubmit() {
    this.view.submitButton(this.mounted.value() !== null, this.verb);
  }

  change(value) {
    if (!this.page) return;
    this.signals.change();
    this.page.answers.set(this.task.id, { answer: value, ...this.signals.measured, given: false });
    this.noteDraft();
    this.asked = "";
    this.view.say("");
    if (this.mounted) this.offerSubmit();
  }

  // The draft with the time worked so far.
  noteDraft() {
    const draft = this.page?.answers.get(this.task?.id);
    if (!draft || draft.given) return;
    Object.assign(draft, this.signals.measured);
    this.drafts.save(this.page.assignment.id, this.task.id, draft);
  }

  submit() {
    if (this.page && this.mounted && this.mounted.value() !== null) this.finish(this.mounted.value());
  }

  // Blocking problems stop; the others are asked about once. What a problem is about is shown where the tool can.
  finish(value) {
    if (!this.page) return;
    const problems = this.mounted.problems();
    const blocking = problems.find((problem) => problem.blocking);
    const asked = problems.map((problem) => problem.code).join();
    if (blocking || (problems.length && asked !== this.asked)) {
      this.asked = blocking ? "" : asked;
      (blocking ?? problems[0]).show?.();
      this.view.say(blocking ? blocking.message : this.question(problems), blocking ? "danger" : "warning");
      return;
    }
    this.give(value);
  }

  give(value) {
    const { page, task } = this;
    const complete = session.give(page, value, this.signals.measured);
    this.drafts.save(page.assignment.id, task.id, page.answers.get(task.id));
    if (!complete) {
      this.show();
      return;
    }
    this.close();
    this.onFinished(page);
  }

  question(problems) {
    const said = problems.map((problem) => problem.message).join(" ");
    return `${said} Press ${this.verb} again if so.`;
  }

  back() {
    if (!this.page) return;
    this.noteDraft();
    if (session.goBack(this.page)) this.show();
  }
}
