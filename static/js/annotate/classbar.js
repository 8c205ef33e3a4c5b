// The classes to draw with: a radio group, one Tab stop, each with its colour, dash pattern, name and key.

import { el, swatch } from "./dom.js";

export function createClassbar({ label, classes, styles, onChoose }) {
  const buttons = new Map();
  const node = el("div", { class: "class-list", role: "radiogroup", "aria-label": label });
  for (const row of classes) {
    const button = el(
      "button",
      {
        type: "button",
        class: "class-button",
        role: "radio",
        "aria-keyshortcuts": row.hotkey || null,
        title: row.description || null,
        onclick: (event) => onChoose(row.key, event),
      },
      swatch(styles.get(row.key)),
      el("span", { class: "class-name", dir: "auto" }, row.name),
      row.hotkey ? el("kbd", { "aria-hidden": "true" }, row.hotkey.toUpperCase()) : null,
    );
    buttons.set(row.key, button);
    node.append(button);
  }

  node.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    const place = classes.findIndex((row) => buttons.get(row.key) === event.target);
    const next = classes[(place + step + classes.length) % classes.length];
    onChoose(next.key, event);
    buttons.get(next.key).focus();
    event.preventDefault();
    event.stopPropagation();
  });

  function update(active) {
    for (const [key, button] of buttons) {
      const checked = String(key === active);
      if (button.getAttribute("aria-checked") === checked) continue;
      button.setAttribute("aria-checked", checked);
      button.tabIndex = key === active ? 0 : -1;
    }
  }

  return { node, update };
}
