// Pages of tasks on their way to the person: taken from the server ahead of time, with their pictures, and kept in order.

import { newKey, verdict } from "./api.js";
import { Deadline } from "./clocks.js";
import { openPage, roomAhead, worthBeginning } from "./session.js";

// Of a film only the beginning: all of the next ones could be more than the person's network has.
function begin(sort, src) {
  if (sort === "video") return Object.assign(document.createElement("video"), { preload: "metadata", src });
  if (sort === "audio") return void fetch(src, { priority: "low" }).catch(() => {});
  return Object.assign(new Image(), { src });
}

const sortOf = (content) => ["audio", "video"].find((sort) => content?.[sort]) ?? "image";

function loadPictures(page) {
  return page.tasks.flatMap(({ item, media_url, media_urls = {} }) => [
    ...(media_url ? [begin(sortOf(item), media_url)] : []),
    ...Object.entries(media_urls).map(([column, src]) => begin(sortOf(item[column]), src)),
  ]);
}

export class Supply {
  // pool, limit, secondsPerTask: of the pool; call: api.js; drafts: drafts.js; pictures(page) begins to load them.
  constructor({ pool, limit, secondsPerTask, call, drafts, pictures = loadPictures }) {
    Object.assign(this, { pool, limit, secondsPerTask, call, drafts, pictures });
    this.ahead = [];
    this.taking = null;
    this.key = null;
    this.filling = false;
    this.tasks = 1; // on the page that came last
  }

  // Notes an assignment as taken, with the drafts this browser has for it. `first`: it is to be next.
  keep(assignment, { first = false } = {}) {
    if (this.ahead.some((page) => page.assignment.id === assignment.id)) return;
    const drafts = new Map(assignment.tasks.map((task) => [task.id, this.drafts.load(assignment.id, task.id)]));
    const page = openPage(assignment, new Deadline(assignment.seconds_left), drafts);
    if (!page.tasks.length) return;
    this.tasks = assignment.tasks.length;
    page.pictures = this.pictures(page);
    if (first) this.ahead.unshift(page);
    else this.ahead.push(page);
  }

  // A page that was on the screen is to be the next one again.
  putBack(page) {
    this.ahead.unshift(page);
  }

  // One of the worker's own assignments, by id; false where it is over.
  async fetch(id, options) {
    const answer = await this.call("GET", `assignments/${id}/`);
    if (answer.status !== 200 || answer.data.assignment.state !== "active") return answer;
    this.keep(answer.data.assignment, options);
    return null;
  }

  // One more assignment from the server. Asked for twice at once it is one request; and an answer that was lost is asked
  // for again under its key, not taken twice.
  take() {
    this.taking ??= this.takeOne().finally(() => {
      this.taking = null;
    });
    return this.taking;
  }

  async takeOne() {
    this.key ??= newKey();
    const answer = await this.call("POST", `pools/${this.pool}/next/`, {}, { key: this.key });
    if (verdict(answer) !== "retry") this.key = null;
    if (answer.status === 200 && answer.data.assignment) this.keep(answer.data.assignment);
    return answer;
  }

  // The next page worth beginning, or null; those for which the time has become too short go to `giveBack(page)`.
  shift(giveBack) {
    for (;;) {
      const page = this.ahead.shift() ?? null;
      if (!page || page.answers.size) return page;
      const { left, secondsLeft } = page.deadline;
      if (worthBeginning(left, secondsLeft, this.secondsPerTask, page.tasks.length)) return page;
      giveBack(page);
    }
  }

  // What was taken ahead and never shown; it is not here any more afterwards.
  takeUnseen() {
    const unseen = this.ahead.filter((page) => !page.seen && !page.answers.size);
    this.ahead = this.ahead.filter((page) => !unseen.includes(page));
    return unseen.map((page) => page.assignment.id);
  }

  dropExpired() {
    this.ahead = this.ahead.filter((page) => page.deadline.left > 0);
  }

  // Takes pages ahead while there is room for them. `demand()` → {working, unconfirmed}, asked before each.
  async fill(demand) {
    if (this.filling) return;
    this.filling = true;
    while (demand().working && roomAhead({ limit: this.limit, ahead: this.ahead.length, tasks: this.tasks, ...demand() })) {
      const answer = await this.take();
      if (answer.status !== 200 || !answer.data.assignment) break;
    }
    this.filling = false;
  }
}
