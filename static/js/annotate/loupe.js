// A magnifier: what lies under the fingertip or the pointer, shown beside it.

import { el } from "./dom.js";

const SIZE = 116;
const GAP = 28;
const ZOOM = 2;

// Where the loupe's upper left corner goes: above the finger, else to the side that has room. Pure.
export function loupeCorner(finger, room, size = SIZE, gap = GAP) {
  const above = finger.y - gap - size;
  if (above >= 0) {
    return { x: Math.min(Math.max(finger.x - size / 2, 0), Math.max(room.width - size, 0)), y: above };
  }
  const left = finger.x - gap - size;
  return { x: left >= 0 ? left : finger.x + gap, y: Math.max(finger.y - size / 2, 0) };
}

export function createLoupe(layer, url) {
  const picture = el("img", { class: "loupe-image", alt: "", draggable: "false" });
  const edge = el("div", { class: "loupe-box" });
  const node = el("div", { class: "loupe", hidden: true, "aria-hidden": "true" }, picture, edge);
  layer.append(node);

  // `finger` and `box` in stage pixels; null hides it.
  function show(finger, { view, size, room, box, color, filter }) {
    node.hidden = !finger;
    if (!finger) return;
    // The second <img> is only made to load when a finger first needs it; it comes from the browser's cache.
    if (!picture.src) picture.src = url;
    const corner = loupeCorner(finger, room);
    node.style.transform = `translate(${corner.x}px, ${corner.y}px)`;
    const place = (x, y) => `translate(${SIZE / 2 + (x - finger.x) * ZOOM}px, ${SIZE / 2 + (y - finger.y) * ZOOM}px)`;
    picture.style.filter = filter ?? "";
    picture.style.width = `${size.width}px`;
    picture.style.height = `${size.height}px`;
    picture.style.transform = `${place(view.x, view.y)} scale(${view.scale * ZOOM})`;
    edge.hidden = !box;
    if (!box) return;
    edge.style.setProperty("--shape", color);
    edge.style.transform = place(box.x1, box.y1);
    edge.style.width = `${(box.x2 - box.x1) * ZOOM}px`;
    edge.style.height = `${(box.y2 - box.y1) * ZOOM}px`;
  }

  return { show };
}
