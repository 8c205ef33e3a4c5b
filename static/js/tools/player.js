// A sound or film being played: one media element, and what is asked of it by button, key or mark. Milliseconds everywhere.

import { button, el } from "../annotate/dom.js";
import { clockOf } from "./clock.js";

const ICONS = {
  play: "M6 4v12l9.5-6z",
  pause: "M7 4v12M13 4v12",
  back: "M9 5 4 10l5 5M4 10h12",
};
export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];
const BACK = 2000;

// sort: "audio" or "video". onTime(ms) with every painted moment while it plays and after each jump; onLength() when it is
// known; onUsed() when a control was used by pointer: then the keyboard goes back to what is judged.
export function createPlayer({ sort, url, milliseconds, onTime = () => {}, onLength = () => {}, onUsed = () => {} }) {
  const media = el(sort, { src: url, preload: "auto", playsinline: true, class: `player-${sort}` });
  const moment = el("span", { class: "player-time", "aria-hidden": "true" });
  const play = button(ICONS.play, "Play", () => toggle(), { key: "Space", extra: "is-play" });
  const back = button(ICONS.back, "Back two seconds", () => seek(at() - BACK));
  const speed = el(
    "select",
    { class: "player-speed", "aria-label": "Speed", onchange: () => setSpeed(Number(speed.value)) },
    ...SPEEDS.map((rate) => el("option", { value: rate, selected: rate === 1 }, `${rate}×`)),
  );
  const failure = el("p", { class: "player-failure", role: "alert", hidden: true }, "The recording could not be loaded. ", el("button", { type: "button", class: "tool-button is-text", onclick: () => again() }, "Try again"));
  let range = null; // {start, end, loop}
  let frame = 0;
  let failed = false;

  const at = () => media.currentTime * 1000;
  const total = () => (Number.isFinite(media.duration) && media.duration > 0 ? media.duration * 1000 : (milliseconds ?? 0));

  function tell() {
    moment.textContent = total() ? `${clockOf(at())} / ${clockOf(total())}` : clockOf(at());
    onTime(at());
  }

  function step() {
    if (range && at() >= range.end) {
      if (range.loop) media.currentTime = range.start / 1000;
      else {
        media.pause();
        media.currentTime = range.end / 1000;
        range = null;
      }
    }
    tell();
    frame = media.paused ? 0 : requestAnimationFrame(step);
  }

  function seek(ms) {
    media.currentTime = Math.min(Math.max(ms, 0), total() || 0) / 1000;
    tell();
  }

  function start() {
    media.play().catch(() => {}); // refused or overtaken by a pause: the button shows what is so
  }

  function toggle() {
    range = null;
    if (media.paused) start();
    else media.pause();
  }

  // Plays from start to end; again and again where `loop` says so.
  function playRange(mark, loop = false) {
    range = { start: mark.start, end: mark.end, loop };
    seek(mark.start);
    start();
  }

  function setSpeed(rate) {
    media.playbackRate = rate;
    speed.value = String(rate);
  }

  function again() {
    failed = false;
    failure.hidden = true;
    media.load();
  }

  const shown = () => {
    const name = media.paused ? "Play" : "Pause";
    play.setAttribute("aria-label", name);
    play.title = `${name} (Space)`;
    play.querySelector("path").setAttribute("d", media.paused ? ICONS.play : ICONS.pause);
    if (!media.paused && !frame) frame = requestAnimationFrame(step);
  };
  for (const name of ["play", "pause", "ended"]) media.addEventListener(name, shown);
  for (const name of ["seeked", "loadeddata"]) media.addEventListener(name, tell);
  media.addEventListener("durationchange", () => {
    tell();
    onLength();
  });
  media.addEventListener("error", () => {
    failed = true;
    failure.hidden = false;
  });
  const bar = el("div", { class: "player-bar", role: "group", "aria-label": "Playing" }, play, back, moment, speed);
  let pointed = false;
  bar.addEventListener("pointerdown", () => (pointed = true));
  bar.addEventListener("keydown", () => (pointed = false));
  bar.addEventListener("click", (event) => event.target !== speed && event.detail > 0 && onUsed());
  speed.addEventListener("change", () => pointed && onUsed());
  tell();

  return {
    media,
    bar,
    failure,
    at,
    total,
    seek,
    toggle,
    playRange,
    faster(steps) {
      const place = SPEEDS.indexOf(media.playbackRate);
      setSpeed(SPEEDS[Math.min(Math.max((place < 0 ? 2 : place) + steps, 0), SPEEDS.length - 1)]);
    },
    get looping() {
      return Boolean(range?.loop);
    },
    stopLoop() {
      range = null;
    },
    get failed() {
      return failed;
    },
    destroy() {
      cancelAnimationFrame(frame);
      media.pause();
      media.removeAttribute("src");
      media.load();
    },
  };
}

export const PLAYER_KEYS = [
  [["Space"], "Play or pause"],
  [["S", "F"], "Slower, faster"],
];
