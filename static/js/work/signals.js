// How an answer came about: what the work page's own widgets see, and nothing else. Workers are told what is measured
// (templates/worker/do.html), and the server stores it with the answer (tasks_app/tools/signals.py).

import { ActiveClock } from "./clocks.js";

const NONE = { left: 0, pastes: 0, pasted: 0, changes: 0 };

export class Signals {
  constructor(clock = new ActiveClock()) {
    this.clock = clock;
    this.counts = { ...NONE };
  }

  // From what was measured before a reload on: {seconds, signals}.
  restart({ seconds = 0, signals = null } = {}) {
    const { idle, hidden, ...counts } = signals ?? {};
    this.clock.restart({ seconds, idle, hidden });
    this.counts = { ...NONE, ...counts };
  }

  // Somebody is there.
  touch() {
    this.clock.touch();
  }

  show(visible) {
    if (!visible) this.counts.left += 1;
    this.clock.show(visible);
  }

  paste(text) {
    this.counts.pastes += 1;
    this.counts.pasted += text.length;
  }

  change() {
    this.counts.changes += 1;
  }

  get measured() {
    const { seconds, idle, hidden } = this.clock;
    return { seconds, signals: { idle, hidden, ...this.counts } };
  }
}
