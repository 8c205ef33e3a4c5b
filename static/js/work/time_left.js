// The time a page of tasks has left: shown, warned of, and its end.

import { urgency } from "./clocks.js";

const SAID = { soon: "Less than a minute left.", urgent: "15 seconds left." };

export class TimeLeft {
  constructor({ view, onOver }) {
    Object.assign(this, { view, onOver });
    this.page = null;
    this.warned = "";
  }

  // Asked twice a second, with the page in work.
  tick(page) {
    if (page !== this.page) this.warned = "";
    this.page = page;
    const { left } = page.deadline;
    const now = urgency(left);
    this.view.clock(left);
    if (now === this.warned || now === "calm") return;
    this.warned = now;
    if (now === "over") this.onOver(page);
    else this.view.announce(SAID[now]);
  }
}
