// All tasks of a page on the screen at once: one tool shows them, one submit gives all answers. The task that has the focus
// is the one that is skipped or reported.

import { TaskInView } from "./task_in_view.js";

export class PageInView extends TaskInView {
  get verb() {
    return "Submit";
  }

  show() {
    this.mounted?.destroy();
    const { page } = this;
    const root = this.view.freshStage();
    this.asked = "";
    this.signals.restart(page.measured ?? latest(page));
    this.view.progress(0, 1);
    this.mounted = this.tool.mountAll(root, {
      question: page.assignment.question,
      tasks: page.tasks.map(({ id, item, media_url }) => ({ id, item, mediaUrl: media_url })),
      answerTo: (id) => page.answers.get(id)?.answer ?? null,
      exampleUrl: (sha256) => this.config.examples[sha256] ?? null,
      onChange: (id, answer) => this.changeOne(id, answer),
      onFocus: (place) => (page.at = place),
    });
    this.view.setClassKeys(this.mounted.letters);
    this.offerSubmit();
    this.mounted.focus();
    this.view.announce(`${page.tasks.length} pictures`);
  }

  changeOne(id, answer) {
    const { page } = this;
    if (!page) return;
    this.signals.change();
    page.answers.set(id, { answer, ...this.signals.measured, given: false });
    this.drafts.save(page.assignment.id, id, page.answers.get(id));
    this.asked = "";
    this.view.say("");
  }

  // answers: [[id of the task, answer]]. The time of the page is shared out evenly.
  give(answers) {
    const { page } = this;
    page.measured = this.signals.measured;
    for (const [id, answer] of answers) {
      page.answers.set(id, { answer, ...shared(page.measured, answers.length), given: true });
      this.drafts.save(page.assignment.id, id, page.answers.get(id));
    }
    this.close();
    this.onFinished(page);
  }

  back() {}
}

// Drafts hold the whole page's time so far.
const latest = (page) => [...page.answers.values()].reduce((a, b) => (a && a.seconds >= b.seconds ? a : b), undefined);

export const shared = ({ seconds, signals }, among) => ({
  seconds: seconds / among,
  signals: { ...signals, idle: signals.idle / among, hidden: signals.hidden / among },
});
