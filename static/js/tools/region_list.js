// The regions as a real list: the accessible twin of the timeline, and where what is said in them is written.

import { button, el, swatch } from "../annotate/dom.js";
import { clockOf, secondsOf } from "./clock.js";

const PLAY = "M6 4v12l9.5-6z";

export function createRegionList({ styles, word, transcribe, closed, onChoose, onPlay, onRemove, onText }) {
  const node = el("ul", { class: "region-list", "aria-label": `${word[0].toUpperCase()}${word.slice(1)}s` });
  const rows = new Map(); // id → {node, title, times, field, region}

  function make(region) {
    const title = el("span", { class: "region-name", dir: "auto" });
    const times = el("span", { class: "region-times" });
    const entry = { region: null, title, times };
    const choose = el("button", { type: "button", class: "region-choose", onclick: () => onChoose(region.id) }, el("span", { class: "region-swatch" }), title, times);
    const play = button(PLAY, "Play", () => onPlay(entry.region));
    const remove = closed ? null : button("close", "Remove", () => onRemove(region.id));
    entry.buttons = { play, remove };
    entry.choose = choose;
    if (transcribe) {
      entry.field = el("textarea", { class: "region-text", rows: 1, dir: "auto", readonly: closed, placeholder: "What is said" });
      entry.field.addEventListener("input", () => onText(region.id, entry.field.value));
      entry.field.addEventListener("focus", () => onChoose(region.id));
      entry.field.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        choose.focus();
        event.stopPropagation();
      });
    }
    entry.node = el("li", { class: "region-row" }, el("div", { class: "region-line" }, choose, play, remove), entry.field);
    rows.set(region.id, entry);
    return entry;
  }

  function fill(entry, region, place) {
    if (entry.region === region && entry.place === place) return;
    const style = styles.get(region.class);
    entry.title.textContent = `${place + 1}. ${style.name}`;
    entry.times.textContent = `${clockOf(region.start)} – ${clockOf(region.end)} (${secondsOf(region.end - region.start)})`;
    entry.choose.firstElementChild.replaceChildren(swatch(style));
    const said = `${place + 1}, ${style.name}`;
    entry.buttons.play.setAttribute("aria-label", `Play ${said}`);
    entry.buttons.remove?.setAttribute("aria-label", `Remove ${said}`);
    if (entry.field) {
      entry.field.setAttribute("aria-label", `What is said in ${said}`);
      if (entry.field.value !== region.text) entry.field.value = region.text;
    }
    Object.assign(entry, { region, place });
  }

  function update(regions, chosen) {
    const alive = new Set(regions.map((region) => region.id));
    for (const [id, entry] of rows) {
      if (alive.has(id)) continue;
      entry.node.remove();
      rows.delete(id);
    }
    let next = node.firstElementChild;
    regions.forEach((region, place) => {
      const entry = rows.get(region.id) ?? make(region);
      fill(entry, region, place);
      if (next === entry.node) next = next.nextElementSibling;
      else node.insertBefore(entry.node, next);
      entry.choose.setAttribute("aria-pressed", String(region.id === chosen));
    });
    const shown = rows.get(chosen)?.node;
    if (shown && node.scrollHeight > node.clientHeight) {
      const [top, bottom] = [shown.offsetTop - node.offsetTop, shown.offsetTop - node.offsetTop + shown.offsetHeight];
      if (top < node.scrollTop) node.scrollTop = top;
      else if (bottom > node.scrollTop + node.clientHeight) node.scrollTop = bottom - node.clientHeight;
    }
  }

  return { node, update, write: (id) => rows.get(id)?.field?.focus() };
}
