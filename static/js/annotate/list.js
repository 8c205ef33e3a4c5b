// The shapes as a real list: the accessible twin of the canvas. One Tab stop; arrows go from shape to shape.

import { el, swatch } from "./dom.js";
import { marksOf } from "./styles.js";

export function describe(form, shape, name, place) {
  const size = form.size(shape);
  const { x1, y1 } = form.bounds(shape);
  const at = `left ${Math.round(x1)}, top ${Math.round(y1)}`;
  const marks = marksOf(shape);
  const one = form.one[0].toUpperCase() + form.one.slice(1);
  return { title: `${place + 1}. ${name}${marks}`, detail: size, spoken: `${one} ${place + 1}, ${name}${marks}, ${size} pixels, ${at}` };
}

// Class keys are left to the keyboard module: they work here as everywhere.
export function createList({ form, label, styles, onSelect, onRemove }) {
  const node = el("ul", { class: "shape-list", role: "listbox", "aria-label": label });
  const rows = new Map();
  let order = [];

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

  // Only rows whose shape changed are touched, so that 500 shapes cost nothing while one is moved.
  function update(shapes, selected) {
    const alive = new Set(shapes.map((shape) => shape.id));
    for (const [id, entry] of rows) {
      if (!alive.has(id)) {
        entry.node.remove();
        rows.delete(id);
      }
    }
    let next = node.firstElementChild;
    shapes.forEach((shape, place) => {
      const row = rows.get(shape.id)?.node ?? make(shape);
      if (next === row) next = row.nextElementSibling;
      else node.insertBefore(row, next);
      fill(rows.get(shape.id), shape, place);
    });
    order = shapes.map((shape) => shape.id);
    const stop = alive.has(selected) ? selected : order[0];
    for (const [id, entry] of rows) {
      const [chosen, tab] = [String(id === selected), id === stop ? 0 : -1];
      if (entry.node.getAttribute("aria-selected") !== chosen) entry.node.setAttribute("aria-selected", chosen);
      if (entry.node.tabIndex !== tab) entry.node.tabIndex = tab;
    }
    if (alive.has(selected)) keepInView(rows.get(selected).node);
  }

  // scrollIntoView would scroll the page as well.
  function keepInView(row) {
    const box = node.parentElement ?? node;
    const [top, bottom] = [row.offsetTop - box.offsetTop, row.offsetTop - box.offsetTop + row.offsetHeight];
    if (top < box.scrollTop) box.scrollTop = top;
    else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
  }

  const idOf = (event) => Number(event.target.closest(".shape-row")?.dataset.id ?? NaN);

  function focusOn(id) {
    onSelect(id);
    rows.get(id)?.node.focus({ preventScroll: true });
  }

  node.addEventListener("click", (event) => {
    const id = idOf(event);
    if (rows.has(id)) focusOn(id);
  });
  node.addEventListener("focusin", (event) => {
    const id = idOf(event);
    if (rows.has(id) && event.target.matches(":focus-visible")) onSelect(id);
  });
  node.addEventListener("keydown", (event) => {
    const place = order.indexOf(idOf(event));
    if (place < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = order.length - 1;
    const to = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: last }[event.key];
    if (to !== undefined) focusOn(order[Math.min(Math.max(to, 0), last)]);
    else if (event.key === "Delete" || event.key === "Backspace") {
      const next = order[place + 1] ?? order[place - 1];
      onRemove(order[place]);
      if (next !== undefined) requestAnimationFrame(() => rows.get(next)?.node.focus({ preventScroll: true }));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  return { node, update };
}
