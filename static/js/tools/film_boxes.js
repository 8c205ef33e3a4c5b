// Boxes over a film: drawn by drag, moved and resized by it; what is chosen has handles. It only paints and tells.

import { el } from "../annotate/dom.js";
import { between, dragged, largeEnough } from "./tracks.js";

const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];
const SLIP = 4;

// ask() → {boxes: [{id, box, color, dash, label, faint}], chosen}; onDraw(box), onMove(id, box, {done}), onChoose(id).
export function createFilmBoxes({ film, size, least, closed, label, ask, onDraw, onMove, onChoose }) {
  const layer = el("div", { class: "film-layer" });
  const node = el("div", { class: "recording-film film-boxes", tabindex: "0", role: "application", "aria-label": label }, film, layer);
  const nodes = new Map();
  const draft = el("div", { class: "shape film-box is-draft", hidden: true });
  layer.append(draft);
  let scale = 1;
  let drag = null;

  function fit() {
    const { clientWidth: width, clientHeight: height } = node;
    if (!width || !height) return;
    scale = Math.min(width / size.width, height / size.height);
    Object.assign(layer.style, { width: `${size.width * scale}px`, height: `${size.height * scale}px`, left: `${(width - size.width * scale) / 2}px`, top: `${(height - size.height * scale) / 2}px` });
    paint();
  }

  function put(shape, box) {
    shape.style.transform = `translate(${box.x1 * scale}px, ${box.y1 * scale}px)`;
    shape.style.width = `${(box.x2 - box.x1) * scale}px`;
    shape.style.height = `${(box.y2 - box.y1) * scale}px`;
    shape.classList.toggle("is-low", box.y1 * scale < 24);
  }

  function make(id) {
    const name = el("span", { class: "shape-name", dir: "auto" });
    const shape = el("div", { class: "shape film-box" }, name, ...HANDLES.map((handle) => el("span", { class: `shape-handle is-${handle}`, "data-handle": handle })));
    shape.dataset.id = id;
    nodes.set(id, { shape, name });
    layer.append(shape);
    return nodes.get(id);
  }

  function paint() {
    const { boxes, chosen } = ask();
    const alive = new Set(boxes.map((one) => one.id));
    for (const [id, { shape }] of nodes) {
      if (alive.has(id)) continue;
      shape.remove();
      nodes.delete(id);
    }
    for (const { id, box, color, dash, label: text, faint } of boxes) {
      const { shape, name } = nodes.get(id) ?? make(id);
      shape.style.setProperty("--shape", color);
      shape.classList.toggle("is-dashed", dash.length > 0);
      shape.classList.toggle("is-faint", Boolean(faint));
      shape.classList.toggle("is-chosen", id === chosen && !closed);
      if (name.textContent !== text) name.textContent = text;
      put(shape, drag?.id === id && drag.box ? drag.box : box);
    }
    draft.hidden = !drag?.draft;
    if (drag?.draft) {
      draft.style.setProperty("--shape", ask().color);
      put(draft, drag.draft);
    }
  }

  const point = (event) => {
    const { left, top } = layer.getBoundingClientRect();
    return { x: (event.clientX - left) / scale, y: (event.clientY - top) / scale };
  };

  // The chosen box takes hold first; then the smallest box at the point. Shift draws over all of them.
  function under(at, event) {
    const { boxes, chosen } = ask();
    const handle = event.target.closest("[data-handle]")?.dataset.handle;
    if (handle && !closed) return { id: chosen, handle };
    const hit = boxes.filter(({ box }) => at.x >= box.x1 && at.x <= box.x2 && at.y >= box.y1 && at.y <= box.y2);
    const found = hit.find((one) => one.id === chosen) ?? hit.toSorted((a, b) => (a.box.x2 - a.box.x1) * (a.box.y2 - a.box.y1) - (b.box.x2 - b.box.x1) * (b.box.y2 - b.box.y1))[0];
    return found ? { id: found.id, handle: "" } : null;
  }

  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || drag) return;
    const from = point(event);
    const held = event.shiftKey ? null : under(from, event);
    const { boxes, chosen } = ask();
    drag = { pointer: event.pointerId, from, x: event.clientX, y: event.clientY, moved: false, held };
    // Only the chosen box is moved: a drag that begins on another draws, as everywhere.
    if (held && held.id === chosen && !closed) Object.assign(drag, { id: held.id, start: boxes.find((one) => one.id === held.id)?.box });
    node.setPointerCapture(event.pointerId);
    node.focus({ preventScroll: true });
    event.preventDefault();
  });
  node.addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.pointer) return;
    if (!drag.moved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < SLIP) return;
    drag.moved = true;
    if (closed) return;
    const at = point(event);
    if (drag.start) drag.box = dragged(drag.start, drag.held.handle, at.x - drag.from.x, at.y - drag.from.y, size, least);
    else drag.draft = between(drag.from, at, size);
    paint();
  });
  node.addEventListener("pointerup", (event) => {
    if (!drag || event.pointerId !== drag.pointer) return;
    const { moved, held, box, id, draft: drawn } = drag;
    drag = null;
    if (!moved) onChoose(held?.id ?? null);
    else if (box) onMove(id, box);
    else if (drawn) onDraw(drawn, largeEnough(drawn, least, size));
    paint();
  });
  node.addEventListener("pointercancel", () => {
    drag = null;
    paint();
  });
  const resized = new ResizeObserver(fit);
  resized.observe(node);

  return { node, paint, focus: () => node.focus({ preventScroll: true }), destroy: () => resized.disconnect() };
}
