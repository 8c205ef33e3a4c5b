// The way to the next page: one taken ahead, or else one from the server; and what is shown and done while there is none.

import { actionsOf, planWithout } from "./without.js";

export class Getting {
  // outbox: its `waiting` and `flush`; idle() says whether a page is wanted; open(page), giveBack(late page), reload().
  constructor({ supply, outbox, view, config, idle, open, giveBack, reload = () => location.reload(), timer = globalThis, page = globalThis.document }) {
    Object.assign(this, { supply, outbox, view, config, idle, open, giveBack, reload, timer, page });
    this.waiting = null; // the timer of the next try, -1 in a hidden tab
    this.round = 0;
  }

  async next() {
    this.stopWaiting();
    if (!this.idle()) return;
    const ahead = this.supply.shift(this.giveBack);
    if (ahead) {
      this.round = 0;
      this.open(ahead);
      return;
    }
    const answer = await this.supply.take();
    if (!this.idle()) return;
    if (this.supply.ahead.length) this.next();
    else if (!this.waiting) this.without(answer);
  }

  // The person or the network is back.
  again() {
    if (this.waiting) this.next();
  }

  without(answer) {
    const plan = planWithout(answer, { unsent: this.outbox.waiting.length, round: this.round });
    const act = { next: () => this.next(), reload: this.reload, signIn: this.config.signIn };
    this.view.instead({ ...plan, actions: actionsOf(plan.then, act), focus: !this.round });
    if (plan.busy) this.outbox.flush({ force: true });
    if (plan.waitMs === null) return;
    // A hidden tab asks nothing; it looks again when it is seen.
    this.waiting = this.page.hidden ? -1 : this.timer.setTimeout(() => this.next(), plan.waitMs);
    this.round += 1;
  }

  stopWaiting() {
    this.timer.clearTimeout(this.waiting);
    this.waiting = null;
  }
}
