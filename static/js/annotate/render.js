// Painting: shapes at rest on one canvas, the shape in hand and the crosshair as a few DOM nodes above it.
// Dragging a box moves one node by its transform; the canvas is not touched until the box is let go.

import { boxToScreen } from "./view.js";
import { HANDLES } from "./geometry.js";
import { HALO, marksOf, shorten } from "./styles.js";
import { el } from "./dom.js";

const FONT = '600 11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const LABEL_HEIGHT = 16;
// White text on it reaches 4.5:1 over a white picture.
const LABEL_GROUND = "rgba(10, 12, 16, 0.78)";
// Narrower than this a label would hide its own box; with many boxes the limit rises.
const LABELLED_FROM = 22;
const CROWDED = 250;
const LABELLED_FROM_CROWDED = 48;

const px = (value) => `${Math.round(value * 10) / 10}px`;

// Shapes of one class are one group: two strokes each.
export function groupsOf(form, shapes, styles) {
  const groups = new Map();
  for (const shape of shapes) {
    const style = styles.get(shape.class);
    if (!groups.has(shape.class)) groups.set(shape.class, { ...style, form, shapes: [], text: (one) => style.name + marksOf(one) });
    groups.get(shape.class).shapes.push(shape);
  }
  return [...groups.values()];
}

export function createCanvas(layer) {
  const canvas = el("canvas", { class: "stage-canvas", "aria-hidden": "true" });
  layer.append(canvas);
  const context = canvas.getContext("2d");
  const widths = new Map();

  function resize(room) {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(room.width * ratio), Math.round(room.height * ratio)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, room.width, room.height);
  }

  // All shapes of a group are one path: two strokes a class, however many there are.
  function strokeGroup(group, shown, view) {
    if (group.form.paint) {
      group.form.paint(context, shown, view, group);
      return;
    }
    context.beginPath();
    for (const shape of shown) group.form.trace(context, shape, view);
    context.setLineDash([]);
    context.strokeStyle = HALO;
    context.lineWidth = 4;
    context.stroke();
    context.setLineDash(group.dash);
    context.strokeStyle = group.color;
    context.lineWidth = 2;
    context.stroke();
  }

  function widthOf(text) {
    if (!widths.has(text)) widths.set(text, Math.ceil(context.measureText(text).width));
    return widths.get(text);
  }

  // `corner`: 0 upper left, 1 upper right, 2 lower left, 3 lower right; outside the box where there is room.
  function label({ text, at, color, corner = 0 }, room) {
    const width = widthOf(text) + 12;
    const right = corner % 2;
    const x = Math.max(Math.min(right ? at.x2 - width + 1 : at.x1 - 1, room.width - width), 0);
    const above = at.y1 - LABEL_HEIGHT - 2;
    const below = at.y2 + 2;
    const y =
      corner < 2
        ? Math.max(above < 0 ? at.y1 + 2 : above, 0)
        : Math.min(below + LABEL_HEIGHT > room.height ? at.y2 - LABEL_HEIGHT - 2 : below, room.height - LABEL_HEIGHT);
    context.fillStyle = LABEL_GROUND;
    context.fillRect(x, y, width, LABEL_HEIGHT);
    context.fillStyle = color;
    context.fillRect(x, y, 3, LABEL_HEIGHT);
    context.fillStyle = "#fff";
    context.fillText(text, x + 7, y + LABEL_HEIGHT / 2 + 0.5);
  }

  // groups: [{form, color, dash, shapes, text(shape), corner}]; `hidden` is the id of the shape that the overlay shows.
  function draw(groups, view, room, hidden = null) {
    resize(room);
    context.font = FONT;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const total = groups.reduce((sum, group) => sum + group.shapes.length, 0);
    const from = total > CROWDED ? LABELLED_FROM_CROWDED : LABELLED_FROM;
    const labels = [];
    for (const group of groups) {
      const shown = [];
      for (const shape of group.shapes) {
        if (hidden !== null && shape.id === hidden) continue;
        const at = boxToScreen(view, group.form.bounds(shape));
        if (at.x2 < 0 || at.y2 < 0 || at.x1 > room.width || at.y1 > room.height) continue;
        shown.push(shape);
        if (at.x2 - at.x1 >= from) {
          labels.push({ text: shorten(group.text(shape)), at, color: group.color, corner: group.corner });
        }
      }
      if (shown.length) strokeGroup(group, shown, view);
    }
    for (const text of labels) label(text, room);
  }

  return { draw };
}

// The box in hand.
export function createBoxOverlay(layer) {
  const name = el("span", { class: "shape-name" });
  const shape = el("div", { class: "shape", hidden: true }, name);
  const handles = HANDLES.map((handle) => el("span", { class: `shape-handle is-${handle}` }));
  shape.append(...handles);
  layer.append(shape);
  let named = "";

  // `box` in pixels of the picture, or null for none in hand.
  function show(box, view, { color, dash, text, drafting }) {
    shape.hidden = !box;
    if (!box) return;
    const at = boxToScreen(view, box);
    shape.style.transform = `translate(${px(at.x1)}, ${px(at.y1)})`;
    shape.style.width = px(at.x2 - at.x1);
    shape.style.height = px(at.y2 - at.y1);
    shape.style.setProperty("--shape", color);
    shape.classList.toggle("is-draft", drafting);
    shape.classList.toggle("is-dashed", dash.length > 0);
    shape.classList.toggle("is-low", at.y1 < LABEL_HEIGHT + 4);
    shape.classList.toggle("is-small", Math.min(at.x2 - at.x1, at.y2 - at.y1) < 28);
    if (text !== named) {
      name.textContent = text;
      named = text;
    }
  }

  return { show };
}

export function createCross(layer) {
  const across = el("div", { class: "cross is-across", hidden: true });
  const down = el("div", { class: "cross is-down", hidden: true });
  const tag = el("div", { class: "cross-tag", hidden: true });
  layer.append(across, down, tag);

  function show(point, { color, text, room, byKeyboard }) {
    for (const node of [across, down]) node.hidden = !point;
    tag.hidden = !point || !text;
    if (!point) return;
    across.style.transform = `translateY(${px(point.y)})`;
    down.style.transform = `translateX(${px(point.x)})`;
    across.classList.toggle("is-keyboard", byKeyboard);
    down.classList.toggle("is-keyboard", byKeyboard);
    if (tag.textContent !== text) tag.textContent = text;
    tag.style.setProperty("--shape", color);
    const [left, up] = [point.x > room.width - 140, point.y > room.height - 40];
    tag.style.transform =
      `translate(${px(point.x)}, ${px(point.y)}) translate(${left ? "calc(-100% - 10px)" : "10px"}, ` +
      `${up ? "calc(-100% - 8px)" : "8px"})`;
  }

  return { show };
}
