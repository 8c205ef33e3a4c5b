// Two native dialogs: the key map, and what each class means. Loaded when one is asked for.

import { el, icon, swatch } from "./dom.js";
import { keepOwnKeys, ownKeys } from "./keyboard.js";

function dialog(title, ...content) {
  // No <form method="dialog">: a tool may stand inside a form, and forms do not nest.
  const close = el("button", { type: "button", class: "tool-button", "aria-label": "Close" }, icon("close"));
  const node = el(
    "dialog",
    { class: "tool-dialog", "aria-label": title },
    el("div", { class: "tool-dialog-head" }, el("h2", { class: "tool-dialog-title" }, title), close),
    el("div", { class: "tool-dialog-body" }, ...content),
  );
  close.addEventListener("click", () => node.close());
  // A click on the backdrop closes, as it does everywhere else.
  node.addEventListener("click", (event) => event.target === node && node.close());
  return node;
}

// rows: [[["Ctrl", "Z"], "Undo"], …]
export function keysDialog(rows) {
  const table = el(
    "table",
    { class: "key-table" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Keys"), el("th", { scope: "col" }, "What they do"))),
    el(
      "tbody",
      {},
      ...rows.map(([keys, what]) =>
        el("tr", {}, el("td", {}, ...keys.map((key) => el("kbd", {}, key))), el("td", {}, what)),
      ),
    ),
  );
  const change = async () => {
    const { offerOwnKeys } = await import("./own_keys.js");
    offerOwnKeys(table, rows, { el, ownKeys, keepOwnKeys });
    more.remove();
  };
  const more = el("button", { type: "button", class: "tool-button is-text", onclick: change }, "Change keys");
  return dialog("Keys", table, more);
}

// `exampleUrl(sha)` gives the address of a class's example picture, or null where it is not known.
export function guideDialog(classes, styles, exampleUrl) {
  const entries = classes.map((row) => {
    const url = row.example_url ?? (row.example && exampleUrl?.(row.example));
    return el(
      "li",
      { class: "guide-row" },
      url ? el("img", { class: "guide-example", src: url, alt: `Example: ${row.name}`, loading: "lazy" }) : null,
      el(
        "div",
        {},
        el("strong", { class: "guide-name" }, swatch(styles.get(row.key)), row.name),
        row.description ? el("p", { class: "guide-text", dir: "auto" }, row.description) : null,
      ),
    );
  });
  return dialog("What the classes mean", el("ul", { class: "guide-list" }, ...entries));
}

const built = new WeakMap(); // where they stand → dialogs by name

// The dialog `name` of `place`, built when it is first asked for there.
export function show(place, name, build) {
  if (!built.has(place)) built.set(place, {});
  const dialogs = built.get(place);
  if (!dialogs[name]?.isConnected) {
    dialogs[name] = build();
    place.append(dialogs[name]);
  }
  if (!dialogs[name].open) dialogs[name].showModal();
}
