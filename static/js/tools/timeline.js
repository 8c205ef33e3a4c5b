// A recording from left to right: its outline if it is a sound, the regions in lanes below, where it plays. A drag marks,
// a click goes there, the ends of the region in hand can be pulled.

import { el } from "../annotate/dom.js";
import { clamped, clockOf, following, tickStep, zoomed } from "./clock.js";
import { columnsOf } from "./peaks.js";
import { lanesOf } from "./regions.js";

const LANE = 22;
const MOST_LANES = 8;
const RULER = 18;
const WAVES = { wide: 176, narrow: 104 }; // above and below 700 pixels of width
const SLIP = 4; // pixels that a press may move and still be a click
const GRAB = { mouse: 8, pen: 12, touch: 22 };
const COLORS = { wave: "#aeb9c9", line: "#5b6677", text: "#e8ecf2", halo: "rgba(10, 12, 16, 0.8)", band: "rgba(255, 255, 255, 0.07)" };
const FONT = "600 11px system-ui, sans-serif";

// Asks for what is now: {regions: [{id, start, end, color, dash, label, lane?}], chosen: id or null, edge, draft, at, total}.
// Tells: onSeek(ms), onDraw({start, end}), onChoose(id), onPull(id, edge, ms, {done}), wheelAllowed(event).
export function createTimeline({ ask, label, onSeek, onDraw, onChoose, onPull, wheelAllowed, wave, closed }) {
  const canvas = el("canvas", { class: "time-canvas", "aria-hidden": "true" });
  const head = el("div", { class: "time-head" });
  const scroll = el("input", { type: "range", class: "time-scroll", min: 0, max: 1000, step: 1, "aria-label": "Part of the recording in view", hidden: true });
  const box = el("div", { class: "time-box" }, canvas, head);
  const node = el("div", { class: "timeline", tabindex: "0", role: "application", "aria-label": label }, box);
  const whole = el("div", { class: "time" }, node, scroll);
  const ink = canvas.getContext("2d");
  let view = { from: 0, span: 1 };
  let fitted = true;
  let peaks = null;
  let loudest = 1;
  let width = 0;
  let frame = 0;
  let drag = null;

  const total = () => Math.max(ask().total, 1);
  const xOf = (ms) => ((ms - view.from) / view.span) * width;
  const msOf = (x) => Math.min(Math.max(view.from + (x / Math.max(width, 1)) * view.span, 0), total());
  const waveHeight = () => (!wave ? 0 : width > 700 ? WAVES.wide : WAVES.narrow);
  const laneTop = () => RULER + waveHeight() + 4;

  function repaint() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      paint();
    });
  }

  function paint() {
    const now = ask();
    if (fitted) view = { from: 0, span: total() };
    else view = clamped(view, total());
    const { placed, lanes } = lanesOf(now.regions, MOST_LANES);
    const height = laneTop() + Math.max(lanes, closed ? 0 : 1) * LANE + 4;
    const ratio = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
      canvas.style.height = `${height}px`;
    }
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    ink.clearRect(0, 0, width, height);
    paintRuler(height);
    if (now.draft) paintBand(now.draft, "#ffffff", height);
    for (const region of now.regions) if (region.id === now.chosen) paintBand(region, region.color, height);
    if (wave) paintWave();
    for (const region of placed) paintRegion(region, now);
    moveHead(now.at);
    scroll.hidden = view.span >= total() - 0.5;
    scroll.value = String(Math.round((view.from / Math.max(total() - view.span, 1)) * 1000));
  }

  function paintRuler(height) {
    const step = tickStep(view.span, width);
    ink.font = "11px system-ui, sans-serif";
    ink.textBaseline = "top";
    for (let at = Math.ceil(view.from / step) * step; at <= view.from + view.span; at += step) {
      ink.fillStyle = COLORS.line;
      ink.fillRect(Math.round(xOf(at)), 0, 1, height);
      ink.fillStyle = COLORS.text;
      const text = step < 1000 ? clockOf(at) : clockOf(at).slice(0, -3);
      if (xOf(at) + 4 + ink.measureText(text).width <= width) ink.fillText(text, xOf(at) + 4, 3);
    }
  }

  function paintWave() {
    const half = waveHeight() / 2;
    const middle = RULER + half;
    ink.fillStyle = COLORS.wave;
    if (!peaks) {
      ink.fillRect(0, middle, width, 1);
      return;
    }
    columnsOf(peaks, view.from, view.span, Math.ceil(width)).forEach(([least, greatest], x) => {
      const top = middle - greatest * loudest * (half - 4);
      ink.fillRect(x, top, 1, Math.max(middle - least * loudest * (half - 4) - top, 1));
    });
  }

  function paintBand({ start, end }, color, height) {
    ink.globalAlpha = 0.2;
    ink.fillStyle = color;
    ink.fillRect(xOf(start), RULER, Math.max(xOf(end) - xOf(start), 1), height - RULER);
    ink.globalAlpha = 1;
  }

  function paintRegion({ id, start, end, color, dash, label: text, lane }, { chosen, edge }) {
    const [left, right] = [Math.max(xOf(start), -4), Math.min(xOf(end), width + 4)];
    if (right < 0 || left > width) return;
    const [top, tall, wide] = [laneTop() + lane * LANE, LANE - 4, Math.max(right - left, 2)];
    ink.globalAlpha = id === chosen ? 0.6 : 0.32;
    ink.fillStyle = color;
    ink.fillRect(left, top, wide, tall);
    ink.globalAlpha = 1;
    ink.lineWidth = id === chosen ? 2 : 1;
    ink.strokeStyle = color;
    ink.setLineDash(dash);
    ink.strokeRect(left + 0.5, top + 0.5, wide - 1, tall - 1);
    ink.setLineDash([]);
    ink.save();
    ink.beginPath();
    ink.rect(left, top, wide, tall);
    ink.clip();
    ink.font = FONT;
    ink.textBaseline = "middle";
    ink.lineWidth = 3;
    ink.strokeStyle = COLORS.halo;
    ink.strokeText(text, Math.max(left, 0) + 6, top + tall / 2);
    ink.fillStyle = COLORS.text;
    ink.fillText(text, Math.max(left, 0) + 6, top + tall / 2);
    ink.restore();
    if (id !== chosen || closed) return;
    for (const [side, x] of [["start", xOf(start)], ["end", xOf(end)]]) {
      ink.fillStyle = "#ffffff";
      ink.fillRect(x - 2, RULER, edge === side ? 4 : 2, canvas.height);
      ink.fillRect(x - 4, top - 1, 8, tall + 2);
      if (edge === side) {
        ink.strokeStyle = "#000000";
        ink.lineWidth = 1;
        ink.strokeRect(x - 2.5, top + 2.5, 5, tall - 5);
      }
    }
  }

  function moveHead(at) {
    const x = xOf(at);
    head.hidden = x < -1 || x > width + 1;
    head.style.transform = `translateX(${x}px)`;
  }

  // The region under a press, or the end of the one in hand.
  function underneath(x, y, reach) {
    const { regions, chosen } = ask();
    const held = closed ? null : regions.find((region) => region.id === chosen);
    if (held) {
      const near = [["start", Math.abs(x - xOf(held.start))], ["end", Math.abs(x - xOf(held.end))]].sort((a, b) => a[1] - b[1])[0];
      if (near[1] <= reach) return { id: held.id, edge: near[0] };
    }
    const { placed } = lanesOf(regions, MOST_LANES);
    const lane = Math.floor((y - laneTop()) / LANE);
    const at = msOf(x);
    const found = placed.findLast((region) => region.lane === lane && at >= region.start && at <= region.end);
    return found ? { id: found.id, edge: null } : null;
  }

  const place = (event) => {
    const { left, top } = box.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };

  function press(event) {
    if (event.button !== 0 || drag) return;
    const { x, y } = place(event);
    const target = underneath(x, y, GRAB[event.pointerType] ?? GRAB.mouse);
    drag = { pointer: event.pointerId, x, from: msOf(x), target, moved: false, to: null };
    box.setPointerCapture(event.pointerId);
    node.focus({ preventScroll: true });
    event.preventDefault();
  }

  function move(event) {
    if (!drag || event.pointerId !== drag.pointer) {
      const target = drag ? null : underneath(place(event).x, place(event).y, GRAB.mouse);
      box.style.cursor = target?.edge ? "ew-resize" : target ? "pointer" : "";
      return;
    }
    const { x } = place(event);
    if (!drag.moved && Math.abs(x - drag.x) < SLIP) return;
    drag.moved = true;
    drag.to = msOf(x);
    if (drag.target?.edge) onPull(drag.target.id, drag.target.edge, drag.to, { done: false });
    else if (!closed) onDraw(span(), { done: false });
  }

  const span = () => ({ start: Math.min(drag.from, drag.to), end: Math.max(drag.from, drag.to) });

  function release(event) {
    if (!drag || event.pointerId !== drag.pointer) return;
    const { moved, target } = drag;
    if (moved && target?.edge) onPull(target.id, target.edge, drag.to, { done: true });
    else if (moved && !closed) onDraw(span(), { done: true });
    else if (!moved) {
      onChoose(target?.id ?? null);
      if (!target) onSeek(drag.from);
    }
    drag = null;
  }

  function cancel() {
    if (drag?.moved && drag.target?.edge) onPull(drag.target.id, drag.target.edge, drag.to, { done: true });
    else if (drag?.moved) onDraw(null, { done: false });
    drag = null;
  }

  box.addEventListener("pointerdown", press);
  box.addEventListener("pointermove", move);
  box.addEventListener("pointerup", release);
  box.addEventListener("pointercancel", cancel);
  box.addEventListener(
    "wheel",
    (event) => {
      if (!wheelAllowed(event)) return;
      event.preventDefault();
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
      if (sideways) show({ from: view.from + ((event.deltaX || event.deltaY) / Math.max(width, 1)) * view.span, span: view.span });
      else zoomAt(1.2 ** (-event.deltaY / 60), msOf(place(event).x));
    },
    { passive: false },
  );
  scroll.addEventListener("input", () => show({ from: (Number(scroll.value) / 1000) * (total() - view.span), span: view.span }));

  function show(next) {
    view = clamped(next, total());
    fitted = view.span >= total();
    repaint();
  }

  function zoomAt(factor, at) {
    view = fitted ? { from: 0, span: total() } : view;
    show(zoomed(view, factor, at, total()));
  }

  const resized = new ResizeObserver(([entry]) => {
    width = entry.contentRect.width;
    if (width) repaint();
  });
  resized.observe(box);

  return {
    node: whole,
    zoom: (factor) => zoomAt(factor, ask().at),
    fit() {
      fitted = true;
      repaint();
    },
    // The picture moves on when the playing has left it.
    playing(at) {
      if (!fitted && !drag && following(view, at, total()) !== view) show(following(view, at, total()));
      else moveHead(at);
    },
    setPeaks(found) {
      peaks = found;
      // A soft recording is drawn as high as a loud one.
      loudest = 127 / found.reduce((most, value) => Math.max(most, Math.abs(value)), 12);
      repaint();
    },
    repaint,
    focus: () => node.focus({ preventScroll: true }),
    destroy() {
      resized.disconnect();
      cancelAnimationFrame(frame);
    },
  };
}
