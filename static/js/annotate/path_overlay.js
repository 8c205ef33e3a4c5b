// The shape in hand of any form that can be traced: an SVG path on its halo, its handles, its label. What the form draws on
// a canvas it draws here too: the path is a context that writes down what it is told.

import { el } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const tenth = (value) => Math.round(value * 10) / 10;

// As much of a canvas's context as forms use, as the `d` of a path.
function recorder() {
  const parts = [];
  const round = (cx, cy, rx, ry, turn) => {
    const [dx, dy] = [rx * Math.cos(turn), rx * Math.sin(turn)];
    const half = (x, y) => `A${tenth(rx)} ${tenth(ry)} ${tenth((turn * 180) / Math.PI)} 0 1 ${tenth(x)} ${tenth(y)}`;
    parts.push(`M${tenth(cx + dx)} ${tenth(cy + dy)}${half(cx - dx, cy - dy)}${half(cx + dx, cy + dy)}`);
  };
  return {
    moveTo: (x, y) => parts.push(`M${tenth(x)} ${tenth(y)}`),
    lineTo: (x, y) => parts.push(`L${tenth(x)} ${tenth(y)}`),
    closePath: () => parts.push("Z"),
    arc: (x, y, r) => round(x, y, r, r, 0),
    ellipse: round,
    rect: (x, y, width, height) => parts.push(`M${tenth(x)} ${tenth(y)}h${tenth(width)}v${tenth(height)}h${tenth(-width)}Z`),
    get d() {
      return parts.join("");
    },
  };
}

const svg = (tag, name) => {
  const node = document.createElementNS(SVG, tag);
  node.setAttribute("class", name);
  return node;
};

export function createPathOverlay(layer, form) {
  const paths = ["path-halo", "path-line"].map((name) => svg("path", name));
  const dots = svg("g", "path-dots");
  const drawing = svg("svg", "path-shape");
  const name = el("span", { class: "path-name", hidden: true });
  drawing.append(...paths, dots);
  layer.append(drawing, name);
  let shown = "";

  // As many dots as there are handles, each where it is.
  function showHandles(handles, view, active) {
    while (dots.childElementCount > handles.length) dots.lastChild.remove();
    while (dots.childElementCount < handles.length) dots.append(svg("circle", ""));
    handles.forEach(({ id, x, y, adds, seen }, place) => {
      const dot = dots.children[place];
      const looks = `path-dot${adds ? " is-middle" : ""}${id === active ? " is-active" : ""}${seen === 1 ? " is-hidden" : ""}`;
      dot.setAttribute("cx", tenth(x * view.scale + view.x));
      dot.setAttribute("cy", tenth(y * view.scale + view.y));
      dot.setAttribute("r", adds ? 3 : 4.5);
      if (dot.getAttribute("class") !== looks) dot.setAttribute("class", looks);
    });
  }

  // `shape` in pixels of the picture, or null for none in hand.
  function show(shape, view, { color, dash, text, drafting, draft, handle }) {
    drawing.classList.toggle("is-empty", !shape);
    name.hidden = !shape;
    if (!shape) return;
    const record = recorder();
    form.trace(record, shape, view);
    for (const path of paths) path.setAttribute("d", record.d);
    paths[1].setAttribute("stroke", color);
    paths[1].setAttribute("fill", form.closed === false ? "none" : color);
    paths[1].setAttribute("stroke-dasharray", dash.join(" "));
    const placed = drafting && draft ? draft.points.filter(({ x }) => x !== undefined).map(({ x, y }, place) => ({ id: String(place), x, y })) : (form.handles?.(shape) ?? []);
    showHandles(draft?.by === "trail" ? [] : placed, view, handle);
    const box = form.bounds(shape);
    name.style.transform = `translate(${tenth(box.x1 * view.scale + view.x)}px, ${tenth(Math.max(box.y1 * view.scale + view.y - 24, 2))}px)`;
    name.style.setProperty("--shape", color);
    if (text !== shown) name.textContent = text;
    shown = text;
  }

  return { show };
}
