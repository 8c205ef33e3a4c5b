// Keys of the person's own: in place of the key map a table in which each key can be given a second one. Loaded when
// somebody wants to change keys.

const NAMES = { "←": "ArrowLeft", "→": "ArrowRight", "↑": "ArrowUp", "↓": "ArrowDown", "−": "-", Esc: "Escape", Space: " " };
const HELD = new Set(["Ctrl", "Shift", "Alt"]);
// What moves through a page, leaves a dialog or types with a modifier stays what it is.
const NEVER = new Set(["Tab", "Escape", "Shift", "Control", "Alt", "Meta", "Dead", "Unidentified"]);

// rows of a key map → [{key, shown, what}]: the keys that stand alone. Pure.
export function singleKeys(rows) {
  return rows
    .filter(([keys]) => !HELD.has(keys[0]))
    .flatMap(([keys, what]) => keys.filter((shown) => shown !== "…").map((shown) => ({ key: NAMES[shown] ?? (shown.length === 1 ? shown.toLowerCase() : shown), shown, what })));
}

// The keys with one more of the person's own for `key`; whatever else `pressed` or `key` had is gone. Pure.
export function withKey(keys, pressed, key) {
  const others = Object.entries(keys).filter(([from, to]) => from !== pressed && to !== key);
  return Object.fromEntries(pressed === key ? others : [...others, [pressed, key]]);
}

// The work page's own keys stand in its sheet.
function pageRows() {
  return [...document.querySelectorAll(".work-keys li[data-key]")].map((row) => [[row.dataset.key], row.lastChild.textContent.trim()]);
}

const named = (key) => (key === " " ? "Space" : key.length === 1 ? key.toUpperCase() : key);

export function offerOwnKeys(table, rows, { el, ownKeys, keepOwnKeys }) {
  const entries = singleKeys([...rows, ...pageRows()]);
  const status = el("p", { class: "tool-status", role: "status" }, "Choose a line, then press the key it shall have.");
  let waiting = null;

  const buttons = entries.map((entry) => {
    const button = el("button", { type: "button", class: "tool-button is-text own-key" });
    button.addEventListener("click", () => {
      waiting = { entry, button };
      status.textContent = `Press the key for: ${entry.what}`;
    });
    return button;
  });

  function show() {
    const mine = Object.entries(ownKeys());
    entries.forEach((entry, place) => {
      const own = mine.find(([, to]) => to === entry.key)?.[0];
      buttons[place].textContent = own ? named(own) : entry.shown;
      buttons[place].setAttribute("aria-label", `Key for ${entry.what}: ${own ? named(own) : entry.shown}. Change.`);
    });
  }

  function heard(event) {
    if (!waiting || NEVER.has(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const { entry, button } = waiting;
    waiting = null;
    keepOwnKeys(withKey(ownKeys(), pressed, entry.key));
    status.textContent = `${named(pressed)} now stands for ${entry.shown}. Kept in this browser, for all tools.`;
    show();
    button.focus();
  }

  const reset = () => {
    keepOwnKeys({});
    status.textContent = "The keys are as they came.";
    show();
  };
  const body = entries.map(({ what }, place) => el("tr", {}, el("td", {}, buttons[place]), el("td", {}, what)));
  const own = el("div", {}, status, el("table", { class: "key-table" }, el("tbody", {}, ...body)), el("button", { type: "button", class: "tool-button is-text", onclick: reset }, "As they came"));
  own.addEventListener("keydown", heard, true);
  table.replaceWith(own);
  show();
  buttons[0]?.focus();
}
