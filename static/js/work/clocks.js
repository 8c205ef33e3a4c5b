// Two clocks without a DOM: how long the person really worked on a task, and how long the assignment still lasts.

export const IDLE_MS = 30_000;

// Counts time while the page is seen and something was done within the last IDLE_MS; apart from that, time in which the
// page was seen and nobody stirred (idle), and time in which it was hidden.
export class ActiveClock {
  constructor({ now = () => performance.now(), idleMs = IDLE_MS } = {}) {
    Object.assign(this, { now, idleMs });
    this.restart();
  }

  // From these seconds on: those measured before a reload.
  restart({ seconds = 0, idle = 0, hidden = 0 } = {}) {
    this.total = seconds * 1000;
    this.unused = idle * 1000;
    this.unseen = hidden * 1000;
    this.since = this.now();
    this.touched = this.since;
    this.visible = true;
  }

  settle() {
    const now = this.now();
    const span = now - this.since;
    const active = this.visible ? Math.max(0, Math.min(now, this.touched + this.idleMs) - this.since) : 0;
    this.total += active;
    if (this.visible) this.unused += span - active;
    else this.unseen += span;
    this.since = now;
  }

  touch() {
    this.settle();
    this.touched = this.now();
  }

  show(visible) {
    this.settle();
    this.visible = visible;
    this.touched = this.now();
  }

  get seconds() {
    this.settle();
    return tenths(this.total);
  }

  get idle() {
    this.settle();
    return tenths(this.unused);
  }

  get hidden() {
    this.settle();
    return tenths(this.unseen);
  }
}

const tenths = (milliseconds) => Math.round(milliseconds / 100) / 10;

// An assignment's end, measured from when it arrived. Two clocks are asked: the wall clock goes on while a laptop
// sleeps, the monotonic one cannot be set back; the later of the two is right.
export class Deadline {
  constructor(secondsLeft, { wall = Date.now, steady = () => performance.now() } = {}) {
    Object.assign(this, { secondsLeft, wall, steady });
    this.wallStart = wall();
    this.steadyStart = steady();
  }

  get left() {
    const passed = Math.max(this.wall() - this.wallStart, this.steady() - this.steadyStart);
    return Math.max(0, this.secondsLeft - passed / 1000);
  }
}

export const WARN_SECONDS = 60;
export const URGENT_SECONDS = 15;

// calm → soon → urgent → over
export function urgency(left) {
  if (left <= 0) return "over";
  if (left <= URGENT_SECONDS) return "urgent";
  return left <= WARN_SECONDS ? "soon" : "calm";
}

// 272 → "4:32", 7300 → "2:01:40"
export function clockText(left) {
  const seconds = Math.ceil(left);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
