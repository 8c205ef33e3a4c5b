// Swiping a picture away to answer: left and right for the first two classes, up and down for the next two. Only while
// the whole picture is in view: one that is zoomed is moved by the same finger.

import { el } from "../annotate/dom.js";

const FAR = 72;
const WAYS = ["left", "right", "up", "down"];
const SIGNS = { left: "←", right: "→", up: "↑", down: "↓" };

// Which way a finger has gone, "" while that is not clear. Pure.
export function wayOf(dx, dy) {
  const [across, along] = [Math.abs(dx), Math.abs(dy)];
  if (Math.max(across, along) < FAR || Math.max(across, along) < 2 * Math.min(across, along)) return "";
  if (across > along) return dx < 0 ? "left" : "right";
  return dy < 0 ? "up" : "down";
}

export function addSwipe(stage, classes, answer) {
  const ways = new Map(classes.map((row, place) => [WAYS[place], row]));
  const idle = [...ways].map(([way, row]) => `${SIGNS[way]} ${row.name}`).join("   ");
  const hint = el("p", { class: "swipe-hint", "aria-hidden": "true" }, `Swipe: ${idle}`);
  stage.node.append(hint);
  const fingers = new Map();
  let alone = false;
  let fitted = false;

  const gone = (event) => {
    const from = fingers.get(event.pointerId);
    return from && alone && fitted ? ways.get(wayOf(event.clientX - from.x, event.clientY - from.y)) : null;
  };
  const over = (event) => {
    fingers.delete(event.pointerId);
    hint.classList.remove("is-chosen");
    hint.textContent = `Swipe: ${idle}`;
  };
  stage.node.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    alone = fingers.size === 0;
    // Asked for before the finger moves the picture along.
    if (alone) fitted = stage.fitted;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  stage.node.addEventListener("pointermove", (event) => {
    const row = gone(event);
    hint.classList.toggle("is-chosen", Boolean(row));
    hint.textContent = row ? row.name : `Swipe: ${idle}`;
  });
  stage.node.addEventListener("pointerup", (event) => {
    const row = gone(event);
    over(event);
    if (row) answer(row.key);
    else if (alone && fitted) stage.fit();
  });
  stage.node.addEventListener("pointercancel", over);
}
