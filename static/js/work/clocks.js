// Two clocks without a DOM: how long the person really worked on a task, and how long the assignment still lasts.

export const IDLE_MS = 30_000;

// Counts time while the page is seen and something was done within the last IDLE_MS.
export class ActiveClock {
  constructor({ now = () => performance.now(), idleMs = IDLE_MS } = {}) {
    Object.assign(this, { now, idleMs });
    this.restart();
  }

  // From `seconds` on: those measured before a reload.
  restart(seconds = 0) {
    this.total = seconds * 1000;
    this.since = this.now();
    this.touched = this.since;
    this.visible = true;
  }

  settle() {
    const now = this.now();
    if (this.visible) this.total += Math.max(0, Math.min(now, this.touched + this.idleMs) - this.since);
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
    return Math.round(this.total / 100) / 10;
  }
}

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
