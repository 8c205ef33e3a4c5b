// The panel beside the picture: tools, classes, what is going on, and the list of shapes.

import { createClassbar } from "./classbar.js";
import { chooseClass, later as more } from "./commands.js";
import { button, el } from "./dom.js";
import { createList } from "./list.js";
import { viewButtons } from "./stage.js";
import * as state from "./state.js";

function editButtons(desk, after) {
  const act = (change) => (event) => {
    desk.set(change(desk.get()));
    after(event);
  };
  const toggleMode = (now) => state.setMode(now, now.mode === "select" ? "draw" : "select");
  const { one, many } = desk.get().form;
  return {
    select: button("select", `Select and move ${many}`, act(toggleMode), { toggle: true }),
    undo: button("undo", "Undo", act(state.undo), { key: "Ctrl+Z" }),
    redo: button("redo", "Redo", act(state.redo), { key: "Ctrl+Y" }),
    copy: button("copy", `Duplicate ${one}`, () => more(desk, "duplicate"), { key: "D" }),
    remove: button("delete", `Delete ${one}`, act(state.remove), { key: "Delete" }),
  };
}

const group = (label, ...buttons) => el("div", { class: "tool-bar", role: "group", "aria-label": label }, ...buttons);

// Ends a shape of as many points as one likes, for fingers: they have no Enter.
function doneButton(desk, after) {
  const { one } = desk.get().form;
  const done = el("button", { type: "button", class: "tool-button is-text is-done", hidden: true }, `End this ${one}`);
  done.addEventListener("click", (event) => {
    desk.set(state.endDraft(desk.get()));
    after(event);
  });
  return done;
}

// What the form and the question ask of the shape in hand, and how the picture is shown: loaded when there is reason to.
function laterParts(desk, question, node) {
  let extras = null;
  return {
    async adjust() {
      const { offerAdjustments } = await import("./adjust.js");
      offerAdjustments(desk, { el, state });
    },
    async update(current) {
      if (!question.flags && !question.attributes) return;
      if (current.selected === null && !extras) return;
      extras ??= import("./extras.js").then(({ createExtras }) => createExtras(desk, question, { el, state, node }));
      (await extras).update(state.selectedShape(desk.get()));
    },
  };
}

// `desk` as in editor.js. `unfolded`: whether the list of shapes is open at first.
export function createPanel(desk, { question, exampleUrl, unfolded }) {
  const { classes } = question;
  const { stage, styles } = desk;
  const { form } = desk.get();
  const words = form.many[0].toUpperCase() + form.many.slice(1);
  // A button clicked with the pointer gives the keyboard back to the picture; one pressed by key keeps it.
  const backToStage = (event) => event.detail > 0 && stage.node.focus({ preventScroll: true });
  const edit = editButtons(desk, backToStage);
  const dialogs = el("div", {});
  const show = async (name) => {
    const { showHelp } = await import("./shape_help.js");
    showHelp(name, dialogs, { question, form, styles, exampleUrl });
  };
  const done = doneButton(desk, backToStage);
  const asked = el("div", { class: "shape-extras", hidden: true });
  const later = laterParts(desk, question, asked);
  const guide = classes.some((row) => row.description || row.example);
  const bars = el(
    "div",
    { class: "tool-bars" },
    group(words, ...Object.values(edit)),
    group(
      "View and help",
      ...viewButtons(stage, backToStage),
      button("adjust", "Light, turn, magnifier", () => later.adjust()),
      guide && button("info", "What the classes mean", () => show("guide"), { extra: "is-last" }),
      button("keys", "Keys", () => show("keys"), { key: "?", extra: guide ? "is-keys" : "is-keys is-last" }),
    ),
  );
  const classbar = createClassbar({
    label: `Class of the next ${form.one}`,
    classes,
    styles,
    onChoose: (key, event) => {
      chooseClass(desk, key);
      backToStage(event);
    },
  });
  const list = createList({
    form,
    label: words,
    styles,
    onSelect: (id) => {
      desk.set(state.select(desk.get(), id));
      stage.reveal(form.bounds(state.shapeById(desk.get(), id)));
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
    if (shown.shapes !== current.shapes || shown.selected !== current.selected) {
      list.update(current.shapes, current.selected);
      count.textContent = `${words}: ${current.shapes.length}`;
      later.update(current);
    }
    shown = current;
    classbar.update(current.active);
    edit.undo.disabled = !state.canUndo(current);
    edit.redo.disabled = !state.canRedo(current);
    edit.remove.disabled = edit.copy.disabled = current.selected === null;
    done.hidden = !(current.draft && form.points === null && state.isWhole(current));
    edit.select.setAttribute("aria-pressed", String(current.mode === "select"));
    stage.node.classList.toggle("is-selecting", current.mode === "select");
  }

  const say = (text) => {
    status.textContent = text;
  };
  const node = el("div", { class: "tool-side" }, bars, classbar.node, status, done, asked, shapes);
  return { node, dialogs, showKeys: () => show("keys"), update, say };
}
