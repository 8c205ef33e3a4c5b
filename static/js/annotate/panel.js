// The panel beside the picture: tools, classes, what is going on, and the list of boxes.

import { createClassbar } from "./classbar.js";
import { KEYS, chooseClass } from "./commands.js";
import { button, el } from "./dom.js";
import { guideDialog, hasGuide, keysDialog, open } from "./help.js";
import { createList } from "./list.js";
import { viewButtons } from "./stage.js";
import * as state from "./state.js";

function editButtons(desk, after) {
  const act = (change) => (event) => {
    desk.set(change(desk.get()));
    after(event);
  };
  const toggleMode = (now) => state.setMode(now, now.mode === "select" ? "draw" : "select");
  return {
    select: button("select", "Select and move boxes", act(toggleMode), { toggle: true }),
    undo: button("undo", "Undo", act(state.undo), { key: "Ctrl+Z" }),
    redo: button("redo", "Redo", act(state.redo), { key: "Ctrl+Y" }),
    remove: button("delete", "Delete box", act(state.removeSelected), { key: "Delete" }),
  };
}

const group = (label, ...buttons) => el("div", { class: "tool-bar", role: "group", "aria-label": label }, ...buttons);

// `desk` as in tools/bounding_box.js. `unfolded`: whether the list of boxes is open at first.
export function createPanel(desk, { classes, exampleUrl, unfolded }) {
  const { stage, styles } = desk;
  // A button clicked with the pointer gives the keyboard back to the picture; one pressed by key keeps it.
  const backToStage = (event) => event.detail > 0 && stage.node.focus({ preventScroll: true });
  const edit = editButtons(desk, backToStage);
  const help = keysDialog(KEYS);
  const guide = hasGuide(classes) ? guideDialog(classes, styles, exampleUrl) : null;
  const bars = el(
    "div",
    { class: "tool-bars" },
    group("Boxes", ...Object.values(edit)),
    group(
      "View and help",
      ...viewButtons(stage, backToStage),
      guide && button("info", "What the classes mean", () => open(guide), { extra: "is-last" }),
      button("keys", "Keys", () => open(help), { key: "?", extra: guide ? "is-keys" : "is-keys is-last" }),
    ),
  );
  const classbar = createClassbar({
    classes,
    styles,
    onChoose: (key, event) => {
      chooseClass(desk, key);
      backToStage(event);
    },
  });
  const list = createList({
    label: "Boxes",
    styles,
    onSelect: (id) => {
      desk.set(state.select(desk.get(), id));
      stage.reveal(state.boxById(desk.get(), id));
    },
    onRemove: (id) => desk.set(state.removeSelected(state.select(desk.get(), id))),
  });
  const status = el("p", { class: "tool-status", role: "status" });
  const count = el("summary", { class: "shape-count" });
  const scroll = el("div", { class: "shape-scroll" }, list.node);
  const shapes = el("details", { class: "shape-panel", open: unfolded }, count, scroll);
  let shown = {};

  // Follows the state; nothing in it moves while a shape is being dragged.
  function update(current) {
    if (shown.boxes !== current.boxes || shown.selected !== current.selected) {
      list.update(current.boxes, current.selected);
      count.textContent = `Boxes: ${current.boxes.length}`;
    }
    shown = current;
    classbar.update(current.active);
    edit.undo.disabled = !state.canUndo(current);
    edit.redo.disabled = !state.canRedo(current);
    edit.remove.disabled = current.selected === null;
    edit.select.setAttribute("aria-pressed", String(current.mode === "select"));
    stage.node.classList.toggle("is-selecting", current.mode === "select");
  }

  const say = (text) => {
    status.textContent = text;
  };
  const node = el("div", { class: "tool-side" }, bars, classbar.node, status, shapes);
  return { node, dialogs: [help, guide], help, update, say };
}
