// Keys: what the person means by one, which command a key stands for (pure), and which of the tools on a page hears it.

const ARROWS = new Map([
  ["ArrowLeft", [-1, 0]],
  ["ArrowRight", [1, 0]],
  ["ArrowUp", [0, -1]],
  ["ArrowDown", [0, 1]],
]);

const PLAIN = {
  Delete: "delete",
  Backspace: "delete",
  Enter: "enter",
  Escape: "escape",
  "+": "zoom-in",
  "=": "zoom-in",
  "-": "zoom-out",
  _: "zoom-out",
  0: "fit",
  ".": "next",
  ",": "previous",
  "?": "help",
};

// Keys of the person's own: the key pressed → the key it stands for, kept in this browser for all tools.
const OWN = "quorate:keys";

export function ownKeys() {
  try {
    return JSON.parse(localStorage.getItem(OWN)) ?? {};
  } catch {
    return {};
  }
}

export function keepOwnKeys(keys) {
  try {
    localStorage.setItem(OWN, JSON.stringify(keys));
  } catch {
    // No storage: the keys are as they came.
  }
}

// A press of a key as the person means it.
export function meant(event, keys = ownKeys()) {
  if (event.ctrlKey || event.metaKey || event.altKey) return event;
  const key = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!key) return event;
  const { repeat, target } = event;
  const shiftKey = event.shiftKey && key.length > 1;
  return { key, code: "", shiftKey, ctrlKey: false, metaKey: false, altKey: false, repeat, target, preventDefault: () => event.preventDefault() };
}

// The class key an event means: its character, or the key's place where the layout types something else there
// (digits on a French keyboard, letters on a Cyrillic one). "" when it is none.
export function hotkeyOf(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return "";
  const key = event.key.toLowerCase();
  if (/^[1-9a-z]$/.test(key)) return key;
  if (event.shiftKey) return "";
  const place = /^(?:Digit|Numpad)([1-9])$|^Key([A-Z])$/.exec(event.code ?? "");
  return place ? (place[1] ?? place[2].toLowerCase()) : "";
}

// {type, …} or null. `hotkeys` maps a key to a class key; class keys go before everything but shortcuts with Ctrl.
// `letters` maps further keys to commands of the tool's own.
export function commandFor(event, hotkeys = new Map(), letters = {}) {
  if (event.ctrlKey || event.metaKey) return shortcut(event);
  if (event.altKey) return null;
  const hotkey = hotkeyOf(event);
  if (hotkey && hotkeys.has(hotkey)) {
    // Holding a key down is one press: otherwise it would answer the next task as well.
    return event.repeat ? { type: "none" } : { type: "class", class: hotkeys.get(hotkey) };
  }
  if (ARROWS.has(event.key)) {
    const [x, y] = ARROWS.get(event.key);
    return { type: "arrow", x, y, big: event.shiftKey, resize: false };
  }
  if (event.key === " ") return { type: "hand" };
  const own = Object.hasOwn(letters, hotkey || event.key) ? letters[hotkey || event.key] : null;
  if (own) return { type: event.repeat ? "none" : own };
  const type = Object.hasOwn(PLAIN, event.key) ? PLAIN[event.key] : null;
  if (type === "enter" && event.repeat) return { type: "none" };
  return type && { type };
}

function shortcut(event) {
  const key = event.key.toLowerCase();
  if (key === "z") return { type: event.shiftKey ? "redo" : "undo" };
  if (key === "y") return { type: "redo" };
  if (ARROWS.has(event.key)) {
    const [x, y] = ARROWS.get(event.key);
    return { type: "arrow", x, y, big: event.shiftKey, resize: true };
  }
  return null;
}

export function hotkeyMap(classes) {
  return new Map(classes.filter((row) => row.hotkey).map((row) => [row.hotkey, row.key]));
}

// Several tools may be on one page (the demos). A key goes to the tool that has the focus; with the focus on nothing
// in particular, to the only tool there is.
// Kept at the page, for there may be two copies of this module: one of a joined page, one of a tool loaded later.
const listening = typeof document === "undefined" ? new Set() : (document.toolsListening ??= new Set());

const TYPING = "input, textarea, select, [contenteditable=''], [contenteditable=true], dialog";
const OPERATED = "a[href], button, summary, [role=radio], [role=option], [role=checkbox]";

export function hears(root, target, others = listening) {
  if (target.closest?.(TYPING)) return false;
  if (root.contains(target)) return true;
  if ([...others].some((other) => other !== root && other.contains(target))) return false;
  return others.size === 1;
}

// Enter, Space and arrows belong to a button or list entry that has the focus; class keys and the rest do not.
export function belongsToControl(event) {
  if (!event.target.closest?.(OPERATED)) return false;
  return event.key === "Enter" || event.key === " " || (ARROWS.has(event.key) && !event.ctrlKey);
}

// `onKey(event)` returns true when it used the key. Returns the function that ends listening.
export function listen(root, onKey) {
  listening.add(root);
  const down = (event) => {
    if (event.defaultPrevented || event.isComposing || !hears(root, event.target)) return;
    const press = meant(event);
    if (belongsToControl(press)) return;
    if (onKey(press)) event.preventDefault();
  };
  const page = root.ownerDocument;
  page.addEventListener("keydown", down);
  return () => {
    listening.delete(root);
    page.removeEventListener("keydown", down);
  };
}
