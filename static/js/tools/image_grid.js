// Many small pictures at once, those selected that show what is asked for.

import { createFrame, freshId, isClosed } from "./frame.js";
import { button, el } from "../annotate/dom.js";
import { hotkeyMap } from "../annotate/keyboard.js";

const KEYS = [
  [["←", "↑", "→", "↓"], "Go from picture to picture"],
  [["Space", "Enter"], "Select the picture, or no longer"],
  [["1", "2"], "Say what the picture is, and go to the next one"],
  [["+", "−"], "Larger pictures, smaller pictures"],
];
const SIZES = [6, 8, 11, 15, 21, 30]; // rem

// tasks: [{id, item, mediaUrl}]; answerTo(id) → its answer so far or null.
export function mountAll(root, { tasks, answerTo, onChange, onFocus, ...options }) {
  const { question } = options;
  const [yes, no] = question.classes;
  const closed = isClosed(options);
  const selected = new Set(tasks.filter(({ id }) => answerTo(id)?.class === yes.key).map(({ id }) => id));
  const failed = new Set();
  const promptId = freshId("prompt");
  const grid = el("div", { class: "grid-list", role: "group", "aria-labelledby": promptId });
  const count = el("p", { class: "grid-count", role: "status" });
  let size = tasks.length > 1 ? 2 : 5;
  let at = 0;

  const tiles = tasks.map(({ id, item, mediaUrl }, place) => {
    const image = el("img", { class: "grid-image", src: mediaUrl, alt: "", draggable: "false", decoding: "async" });
    image.addEventListener("error", () => failed.add(id));
    image.addEventListener("load", () => failed.delete(id));
    const name = tasks.length > 1 ? `Picture ${place + 1} of ${tasks.length}` : "Picture";
    const tile = el("button", { type: "button", class: "grid-tile", "aria-label": `${name}: ${yes.name}`, disabled: closed, tabindex: "-1" }, image);
    if (item.width && item.height) image.style.aspectRatio = `${item.width} / ${item.height}`;
    tile.addEventListener("click", () => say(place, !selected.has(id)));
    tile.addEventListener("focus", () => stand(place));
    return tile;
  });
  grid.append(...tiles);

  function stand(place) {
    tiles[at].tabIndex = -1;
    at = place;
    tiles[at].tabIndex = 0;
    onFocus?.(place);
  }

  function go(place) {
    if (tiles[place]) tiles[place].focus();
  }

  function show() {
    tasks.forEach(({ id }, place) => tiles[place].setAttribute("aria-pressed", String(selected.has(id))));
    count.textContent = tasks.length > 1 ? `${selected.size} of ${tasks.length} selected` : "";
    grid.style.setProperty("--tile", `${SIZES[size]}rem`);
  }

  const answerOf = (id) => ({ class: (selected.has(id) ? yes : no).key });

  function say(place, shows) {
    const { id } = tasks[place];
    if (shows) selected.add(id);
    else selected.delete(id);
    show();
    onChange?.(id, answerOf(id));
  }

  function resize(by) {
    size = Math.min(Math.max(size + by, 0), SIZES.length - 1);
    show();
    tiles[at].scrollIntoView({ block: "nearest" });
  }

  // Up and down: the picture in the next row that stands nearest.
  function arrow({ x, y }) {
    if (x) return go(at + x * (getComputedStyle(grid).direction === "rtl" ? -1 : 1));
    const here = tiles[at].getBoundingClientRect();
    const rows = tiles.map((tile, place) => ({ place, box: tile.getBoundingClientRect() })).filter(({ box }) => (box.top - here.top) * y > here.height / 2);
    const [next] = rows.sort((a, b) => Math.abs(a.box.top - here.top) - Math.abs(b.box.top - here.top) || Math.abs(a.box.left - here.left) - Math.abs(b.box.left - here.left));
    return next && go(next.place);
  }

  const commands = { arrow, "zoom-in": () => resize(1), "zoom-out": () => resize(-1), fit: () => {} };
  // Arrows belong to a button that has the focus: these buttons hand them on.
  grid.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "Home") go(0);
    else if (event.key === "End") go(tiles.length - 1);
    else if (way && !event.ctrlKey && !event.metaKey && !event.altKey) arrow({ x: way[0], y: way[1] });
    else return;
    event.preventDefault();
  });
  const content = {
    media: "grid",
    node: grid,
    keys: KEYS,
    buttons: tasks.length > 1 ? [button("minus", "Smaller pictures", () => resize(-1), { key: "-" }), button("plus", "Larger pictures", () => resize(1), { key: "+" })] : [],
    onCommand(command) {
      commands[command.type]?.(command);
      return command.type in commands;
    },
    destroy() {},
  };
  const frame = createFrame(root, options, content, {
    kind: "image_grid",
    classes: ["tool-grid"],
    id: promptId,
    node: el("div", { class: "grid-side" }, count),
    keys: [],
    onKey(key) {
      say(at, key === yes.key);
      go(at + 1);
    },
  });
  tiles[0].tabIndex = 0;
  show();

  return {
    letters: [...hotkeyMap(question.classes).keys()],
    value: () => tasks.map(({ id }) => [id, answerOf(id)]),
    problems() {
      const found = [];
      if (failed.size) found.push({ code: "no_picture", message: `${failed.size} of the pictures could not be loaded.`, blocking: failed.size === tasks.length });
      if (!selected.size && tasks.length > 1) found.push({ code: "nothing_chosen", message: "You selected none. Is there really none?", blocking: false });
      return found;
    },
    select(id, answer) {
      if (answer?.class === yes.key) selected.add(id);
      else selected.delete(id);
      show();
    },
    focus: () => tiles[at].focus({ preventScroll: true }),
    destroy: frame.destroy,
  };
}

// One picture alone, as everywhere but on the work page.
export function mount(root, { item, mediaUrl, draft, onChange, ...options }) {
  const tool = mountAll(root, {
    ...options,
    tasks: [{ id: 0, item, mediaUrl }],
    answerTo: () => draft,
    onChange: (_, answer) => onChange?.(answer),
  });
  return { ...tool, value: () => tool.value()[0][1], setValue: (value) => tool.select(0, value) };
}
