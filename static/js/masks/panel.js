// The panel beside the picture: brush, classes, what is going on, and what is painted of each class.

import { createClassbar } from "../annotate/classbar.js";
import { button, el, swatch } from "../annotate/dom.js";
import { viewButtons } from "../annotate/stage.js";

const ICONS = {
  brush: "M16.5 3.5 9 11M8.2 11.2c-2.2-.2-3.4 1-3.4 2.6 0 1.4-.8 2.2-2.3 2.4 2.2 1.4 7.4 1 7.6-2.6",
  erase: "M8 16.5 3.5 12l7-7.5 5 5-7 7zM6.5 8.7l5 5M8 16.5h8",
  lasso: "M10 4c4 0 7 1.9 7 4.4s-3 4.4-7 4.4S3 10.9 3 8.4 6 4 10 4M5.5 11.7c-1.5 1.3-1 3 .5 3s2 1.5 .5 2.3",
  fill: "M9 3.5 3.5 9l6 6L15 9.5zM9 3.5V8M17 13.5c-1 1.5-1.5 2.2-1.5 3a1.5 1.5 0 0 0 3 0c0-.8-.5-1.5-1.5-3",
};

// [{name, share, cells}] of the classes that a value has masks of, the share of the picture.
export function chosen(value, map, classes) {
  const counted = new Uint32Array(classes.length + 1);
  for (const cell of map.cells) counted[cell] += 1;
  const painted = new Set(value.masks.map((mask) => mask.class));
  return classes.flatMap(({ key, name }, place) => (painted.has(key) ? [{ key, name, share: counted[place + 1] / map.cells.length }] : []));
}

export const percent = (share) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;

// → {node, update(rows)}: what is painted, for those too who do not see it.
export function createShares(styles, label) {
  const node = el("ul", { class: "mask-shares", "aria-label": label });
  return {
    node,
    update(rows) {
      const told = rows.map(({ key, name, share }) =>
        el("li", { class: "shape-row" }, swatch(styles.get(key)), el("span", { class: "shape-row-title", dir: "auto" }, name), el("span", { class: "shape-row-detail" }, percent(share))),
      );
      node.replaceChildren(...(told.length ? told : [el("li", { class: "shape-row-detail" }, "Nothing is painted yet.")]));
    },
  };
}

const KEYS = [
  [["1", "…"], "Choose the class to paint"],
  [["B", "E", "L"], "Brush, eraser, outline to fill"],
  [["[", "]"], "Smaller brush, larger brush"],
  [["F"], "Fill what the class encloses"],
  [["←", "↑", "→", "↓"], "Move the brush (Shift: further, Ctrl: 1 pixel)"],
  [["Space"], "Paint there; held, the arrows paint along (outline: a point; the same again ends it)"],
  [["Shift"], "Held while painting: erase"],
  [["Space", "drag"], "Move the picture with the mouse (or middle button, two fingers)"],
  [["Ctrl", "Z"], "Undo (Ctrl Y: redo)"],
  [["+", "−", "0"], "Zoom in, out, whole picture (wheel or pinch)"],
  [["Esc"], "Give up an outline"],
  [["?"], "This list"],
];

// `act(type)` runs a command of the editor's.
export function createPanel(desk, { question, exampleUrl, act }) {
  const { stage, styles, classes } = desk;
  const backToStage = (event) => event.detail > 0 && stage.node.focus({ preventScroll: true });
  const press = (type) => (event) => {
    act(type);
    backToStage(event);
  };
  const modes = {
    brush: button(ICONS.brush, "Brush", press("brush"), { key: "B", toggle: true }),
    erase: button(ICONS.erase, "Eraser", press("erase"), { key: "E", toggle: true }),
    lasso: button(ICONS.lasso, "Outline to fill", press("lasso"), { key: "L", toggle: true }),
  };
  const undo = button("undo", "Undo", press("undo"), { key: "Ctrl+Z" });
  const redo = button("redo", "Redo", press("redo"), { key: "Ctrl+Y" });
  const dialogs = el("div", {});
  const show = async (name, build) => {
    const help = await import("../annotate/help.js");
    help.show(dialogs, name, () => build(help));
  };
  const showKeys = () => show("keys", ({ keysDialog }) => keysDialog(KEYS));
  const guide = classes.some((row) => row.description || row.example);
  const group = (label, ...buttons) => el("div", { class: "tool-bar", role: "group", "aria-label": label }, ...buttons);
  const bars = el(
    "div",
    { class: "tool-bars" },
    group("Brush and steps", ...Object.values(modes), button(ICONS.fill, "Fill what is enclosed", press("fill"), { key: "F" }), undo, redo),
    group(
      "View and help",
      ...viewButtons(stage, backToStage),
      guide && button("info", "What the classes mean", () => show("guide", ({ guideDialog }) => guideDialog(classes, styles, exampleUrl)), { extra: "is-last" }),
      button("keys", "Keys", showKeys, { key: "?", extra: guide ? "is-keys" : "is-keys is-last" }),
    ),
  );
  const size = el("input", { type: "range", min: "0", max: "100", step: "1", "aria-label": "Size of the brush" });
  const most = () => Math.max(Math.min(stage.size.width, stage.size.height) / 4, 2);
  // The slider is finer at the small end.
  size.addEventListener("input", () => desk.choose({ radius: Math.max(0.5, most() * (Number(size.value) / 100) ** 2) }));
  size.addEventListener("change", () => desk.say(`Brush: ${Math.max(1, Math.round(2 * desk.radius))} pixels across.`));
  const classbar = createClassbar({
    label: "Class to paint",
    classes,
    styles,
    onChoose(key, event) {
      desk.choose({ active: key, mode: desk.mode === "erase" ? "brush" : desk.mode });
      backToStage(event);
    },
  });
  const status = el("p", { class: "tool-status", role: "status" });
  const shares = createShares(styles, "What is painted");
  const fingers = window.matchMedia("(pointer: coarse) and (hover: none)").matches;
  return {
    node: el("div", { class: "tool-side" }, bars, el("label", { class: "mask-size" }, el("span", { "aria-hidden": "true" }, "Brush"), size), classbar.node, status, shares.node),
    dialogs,
    showKeys,
    how: `Paint over what belongs to a class. ${fingers ? "Two fingers zoom." : "Press ? for the keys."}`,
    say: (text) => (status.textContent = text),
    update() {
      for (const [mode, node] of Object.entries(modes)) node.setAttribute("aria-pressed", String(desk.mode === mode));
      undo.disabled = !desk.steps()?.canUndo();
      redo.disabled = !desk.steps()?.canRedo();
      const radius = String(Math.round(100 * Math.sqrt(Math.min(desk.radius / most(), 1))));
      if (size.value !== radius && document.activeElement !== size) size.value = radius;
      classbar.update(desk.active);
      shares.update(desk.shares());
    },
  };
}
