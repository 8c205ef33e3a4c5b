// Search in a long list of classes: "/" or a click, a few letters, Enter takes the first that fits.

import { el } from "../annotate/dom.js";

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// Rows whose name or description has every word of the query, those whose name begins with it first. Pure.
export function found(rows, query) {
  const words = plain(query).split(/\s+/).filter(Boolean);
  const fits = rows.filter((row) => words.every((word) => plain(`${row.name} ${row.description}`).includes(word)));
  const last = (row) => plain(row.name.split(">").at(-1).trim());
  const rank = (row) => (last(row).startsWith(words[0] ?? "") ? 0 : 1);
  return fits.map((row, place) => ({ row, place })).sort((a, b) => rank(a.row) - rank(b.row) || a.place - b.place).map(({ row }) => row);
}

export function addSearch(node, list, rows, choices) {
  const told = el("p", { class: "visually-hidden", role: "status" });
  const input = el("input", {
    type: "search",
    class: "choice-search",
    placeholder: "Find a class ( / )",
    "aria-label": "Find a class",
    "aria-keyshortcuts": "/",
    autocomplete: "off",
    spellcheck: "false",
  });
  const order = [...list.children];
  let fitting = rows;

  function show() {
    fitting = found(rows, input.value);
    const asked = Boolean(input.value.trim());
    list.replaceChildren(...(asked ? fitting.map((row) => choices.get(row.key)) : order));
    told.textContent = asked ? `${fitting.length} found` : "";
  }

  function leave() {
    input.value = "";
    show();
    input.blur();
  }

  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && fitting.length && !event.isComposing) {
      event.preventDefault();
      event.stopPropagation();
      const first = choices.get(fitting[0].key);
      leave();
      first.click();
    } else if (event.key === "Escape") {
      event.preventDefault();
      leave();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      list.querySelector("button")?.focus();
    }
  });
  const root = node.closest(".tool");
  const slash = (event) => {
    if (!root?.isConnected) document.removeEventListener("keydown", slash);
    else if (event.key === "/" && !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.target.closest?.("input, textarea, dialog")) {
      event.preventDefault();
      input.focus();
    }
  };
  document.addEventListener("keydown", slash);
  node.prepend(input, told);
}
