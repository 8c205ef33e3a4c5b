// The shapes as a real list: the accessible twin of the canvas. One Tab stop; arrows go from shape to shape.
// Of many shapes only the rows in view are elements, each at its place: thousands would cost in every frame of a drag.

import { el, swatch } from "./dom.js";
import { marksOf } from "./styles.js";

const MANY = 60; // up to here every shape has its row
const BEYOND = 8; // rows above and below what is in view
const ROW = 28; // height of a row in pixels where it cannot be measured

export function describe(form, shape, name, place) {
  const size = form.size(shape);
  const { x1, y1 } = form.bounds(shape);
  const at = `left ${Math.round(x1)}, top ${Math.round(y1)}`;
  const marks = marksOf(shape);
  const one = form.one[0].toUpperCase() + form.one.slice(1);
  return { title: `${place + 1}. ${name}${marks}`, detail: size, spoken: `${one} ${place + 1}, ${name}${marks}, ${size} pixels, ${at}` };
}

// The places whose rows are elements, of `count` in a list scrolled to `top` that shows `height` pixels. Pure.
export function windowOf(count, { top, height, row }) {
  if (count <= MANY) return { from: 0, to: count };
  const from = Math.max(Math.min(Math.floor(top / row) - BEYOND, count - BEYOND), 0);
  return { from, to: Math.min(Math.ceil((top + height) / row) + BEYOND, count) };
}

const put = (node, name, value) => node.getAttribute(name) === value || node.setAttribute(name, value);

// Class keys are left to the keyboard module: they work here as everywhere.
export function createList({ form, label, styles, onSelect, onRemove }) {
  const node = el("ul", { class: "shape-list", role: "listbox", "aria-label": label });
  const rows = new Map();
  let [shapes, places, chosen, tall, frame] = [[], new Map(), null, ROW, 0];
  let box = null; // what scrolls

  const has = (id) => places.has(id);

  function make(shape) {
    const row = el("li", { class: "shape-row", role: "option", tabindex: "-1" });
    row.dataset.id = shape.id;
    rows.set(shape.id, { node: row, shape: null, place: -1 });
    return row;
  }

  function fill(entry, shape, place) {
    if (entry.shape === shape && entry.place === place) return;
    const style = styles.get(shape.class);
    const { title, detail, spoken } = describe(form, shape, style.name, place);
    entry.node.replaceChildren(
      swatch(style),
      el("span", { class: "shape-row-title" }, title),
      el("span", { class: "shape-row-detail" }, detail),
    );
    entry.node.setAttribute("aria-label", spoken);
    Object.assign(entry, { shape, place });
  }

  // Rows in view, and the one that Tab comes to. Only those whose shape changed are touched.
  function draw() {
    const { from, to } = windowOf(shapes.length, { top: box?.scrollTop ?? 0, height: box?.clientHeight ?? 0, row: tall });
    const stop = has(chosen) ? chosen : shapes[0]?.id;
    const wanted = shapes.slice(from, to);
    if (has(stop) && places.get(stop) < from) wanted.unshift(shapes[places.get(stop)]);
    else if (has(stop) && places.get(stop) >= to) wanted.push(shapes[places.get(stop)]);
    const alive = new Set(wanted.map((shape) => shape.id));
    for (const [id, entry] of rows) {
      // The row that has the focus would lose it.
      if (alive.has(id) || (has(id) && entry.node === document.activeElement)) continue;
      entry.node.remove();
      rows.delete(id);
    }
    let next = node.firstElementChild;
    for (const shape of wanted) {
      const row = rows.get(shape.id)?.node ?? make(shape);
      if (next === row) next = row.nextElementSibling;
      else node.insertBefore(row, next);
      fill(rows.get(shape.id), shape, places.get(shape.id));
    }
    arrange(stop);
  }

  function arrange(stop) {
    const many = shapes.length > MANY;
    node.classList.toggle("is-many", many);
    node.style.height = many ? `${shapes.length * tall}px` : "";
    for (const [id, entry] of rows) {
      const place = places.get(id);
      put(entry.node, "aria-selected", String(id === chosen));
      put(entry.node, "tabindex", id === stop ? "0" : "-1");
      put(entry.node, "aria-setsize", String(shapes.length));
      put(entry.node, "aria-posinset", String(place + 1));
      entry.node.style.top = many ? `${place * tall}px` : "";
    }
  }

  function scrolled() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  }

  function measure() {
    tall = node.firstElementChild?.offsetHeight || tall;
    if (box === node.parentElement) return;
    box = node.parentElement;
    box?.addEventListener("scroll", scrolled, { passive: true });
    // Folded or not yet laid out, it shows nothing; once it does, its rows are wanted.
    if (box) new ResizeObserver(scrolled).observe(box);
  }

  function update(now, selected) {
    const moved = chosen !== selected || shapes.length !== now.length;
    [shapes, chosen] = [now, selected];
    places = new Map(shapes.map((shape, place) => [shape.id, place]));
    if (shapes.length > MANY) measure();
    if (moved && has(chosen)) keepInView(chosen);
    draw();
    if (moved && has(chosen) && shapes.length <= MANY) keepInView(chosen);
  }

  // scrollIntoView would scroll the page as well.
  function keepInView(id) {
    const frame = node.parentElement ?? node;
    const row = rows.get(id)?.node;
    const many = shapes.length > MANY;
    if (!many && !row) return;
    const top = many ? places.get(id) * tall : row.offsetTop - frame.offsetTop;
    const bottom = top + (many ? tall : row.offsetHeight);
    if (top < frame.scrollTop) frame.scrollTop = top;
    else if (bottom > frame.scrollTop + frame.clientHeight) frame.scrollTop = bottom - frame.clientHeight;
  }

  const idOf = (event) => Number(event.target.closest(".shape-row")?.dataset.id ?? NaN);

  function focusOn(id) {
    onSelect(id);
    if (!rows.has(id)) {
      // Where the list only looks, nothing is selected: the row comes into view all the same.
      keepInView(id);
      draw();
    }
    rows.get(id)?.node.focus({ preventScroll: true });
  }

  node.addEventListener("click", (event) => {
    const id = idOf(event);
    if (has(id)) focusOn(id);
  });
  node.addEventListener("focusin", (event) => {
    const id = idOf(event);
    if (has(id) && event.target.matches(":focus-visible")) onSelect(id);
  });
  node.addEventListener("keydown", (event) => {
    const place = places.get(idOf(event)) ?? -1;
    if (place < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = shapes.length - 1;
    const to = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: last }[event.key];
    if (to !== undefined) focusOn(shapes[Math.min(Math.max(to, 0), last)].id);
    else if (event.key === "Delete" || event.key === "Backspace") {
      const next = (shapes[place + 1] ?? shapes[place - 1])?.id;
      onRemove(shapes[place].id);
      if (next !== undefined) requestAnimationFrame(() => rows.get(next)?.node.focus({ preventScroll: true }));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  return { node, update };
}
