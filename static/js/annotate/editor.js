// An editor of shapes: joins stage, state, rules, panel and keys. What a shape is, the form says (js/forms/).

import { createCommands, lettersOf } from "./commands.js";
import { el, fill } from "./dom.js";
import { createDrawing } from "./drawing.js";
import { commandFor, hotkeyMap, listen } from "./keyboard.js";
import { createPanel } from "./panel.js";
import { createScene } from "./scene.js";
import { createStage, sizeOf, wheelBelongsTo } from "./stage.js";
import * as state from "./state.js";
import { stylesOf } from "./styles.js";

// As in tools.css: below this width the picture stands on top, and the list of shapes waits folded under it.
const NARROW = 704;
const SMALLEST = 4;

let serial = 0;

// The `mount` of a kind whose answer is a list of shapes, for the work page: it cannot only look (annotate/shapes.js can).
// formOf(question) is the kind's form.
export const editorOf = (formOf) => mountOf(formOf, () => createEditor);

// choose(options) → createEditor, or what takes the same.
export function mountOf(formOf, choose) {
  return (root, options) => {
    const id = `tool-prompt-shapes-${(serial += 1)}`;
    const asked = { id, node: el("p", { class: "tool-prompt", id, dir: "auto" }, options.question.prompt) };
    const form = formOf(options.question);
    root.classList.add("tool", "tool-shapes");
    root.dataset.kind = form.kind;
    const tool = choose(options)(root, { ...options, form, draft: startOf(options) }, asked);
    return {
      ...tool,
      destroy() {
        tool.destroy();
        root.replaceChildren();
        root.classList.remove("tool", "tool-shapes", "is-readonly");
        delete root.dataset.kind;
      },
    };
  };
}

// What is there at first: the person's own draft, else what the item brought along to be corrected.
const startOf = ({ draft, item, readonly }) => draft ?? (readonly ? null : (item.prediction ?? null));

// The shapes of a value that are whole: a prediction comes from outside, as it is.
const shapesIn = (value, form) => {
  const given = value?.[form.list];
  return Array.isArray(given) ? given.filter((shape) => form.names.every((name) => shape?.[name] !== undefined)) : [];
};

// The desk is what the parts share: the present state and the way to change it, the stage, where the pointers are.
function createDesk({ form, question, item, draft, onChange }) {
  const begin = (shapes, size) =>
    state.create({ form, classes: question.classes, size, minimum: question.min_size ?? SMALLEST, shapes });
  let current = begin(shapesIn(draft, form), sizeOf(item) ?? { width: 1, height: 1 });
  const desk = {
    styles: stylesOf(question.classes),
    stage: null,
    panel: null,
    mouse: null, // {point, event} while one is over the stage
    finger: null, // where a finger draws
    snapping: false, // edges stick to those of other shapes
    magnifying: false,
    get: () => current,
    say: (text) => desk.panel.say(text),
    // Every change of state comes through here: what is new is told, kept and painted.
    set(next) {
      if (next === current) return;
      const before = current;
      current = next;
      if (next.shapes !== before.shapes) {
        desk.say(told(before, next, desk.styles));
        onChange?.(state.valueOf(next));
      }
      desk.refresh();
    },
    // name: "snapping" or "magnifying".
    toggle(name) {
      desk[name] = !desk[name];
      desk.say(`${name === "snapping" ? "Edges that stick to those of others" : "Magnifier"}: ${desk[name] ? "on" : "off"}.`);
      desk.stage.repaint();
    },
    // From outside: no change of the person's, so nothing is told and undo begins anew.
    replace(shapes) {
      current = { ...begin(shapes, desk.stage.size), active: current.active };
      desk.refresh();
    },
    resize(size) {
      current = { ...current, size };
      desk.refresh();
    },
    refresh() {
      desk.panel.update(current);
      desk.stage.repaint();
    },
    hold(down) {
      desk.stage.hand = down;
      desk.stage.repaint();
    },
  };
  return desk;
}

// What happened, for the status line and for those who hear it.
function told(before, next, styles) {
  const { form } = next;
  const change = next.shapes.length - before.shapes.length;
  if (change === 1) {
    const shape = next.shapes.at(-1);
    return `${styles.get(shape.class).name} added, ${form.size(shape)}.`;
  }
  if (change === -1) return `The ${form.one} is deleted. Ctrl+Z brings it back.`;
  return change < 0 ? `The ${form.many} are removed.` : "";
}

export function createEditor(root, options, asked) {
  const { form, question, item, mediaUrl, exampleUrl } = options;
  const desk = createDesk(options);
  desk.stage = createStage({
    url: mediaUrl,
    size: sizeOf(item),
    label: "Picture to draw on. Press question mark for the keys.",
    describedBy: asked.id,
    onPaint: () => scene.paint(),
    onReady: () => desk.resize(desk.stage.size),
    begin: (point, event) => drawing.begin(point, event),
    hover(point, event) {
      desk.mouse = { point, event };
      drawing.hover(point);
      desk.stage.repaint();
    },
    leave() {
      desk.mouse = null;
      desk.stage.repaint();
    },
    wheelAllowed: wheelBelongsTo(root),
  });
  const { stage } = desk;
  const drawing = form.drawing?.(desk) ?? createDrawing(desk);
  const scene = createScene(desk, drawing.cursorAt, mediaUrl);
  const unfolded = !root.clientWidth || root.clientWidth >= NARROW;
  desk.panel = createPanel(desk, { question, exampleUrl, unfolded });
  fill(root, asked.node, stage.node, desk.panel.node, desk.panel.dialogs);
  const letters = lettersOf(question, form);
  const hotkeys = hotkeyMap(question.classes);
  const deafen = hear(root, desk, { commands: createCommands(desk), hotkeys, letters, scene });
  const fingers = window.matchMedia("(pointer: coarse) and (hover: none)").matches;
  desk.say(`${form.how} ${fingers ? "Two fingers zoom." : "Press ? for the keys."}`);
  desk.refresh();

  return {
    letters: [...hotkeys.keys(), ...Object.keys(letters)],
    value: () => state.valueOf(desk.get()),
    problems: () => problemsOf(desk.get(), { failed: stage.failed, show: (id) => desk.set(state.select(desk.get(), id)) }),
    setValue: (value) => desk.replace(shapesIn(value, form)),
    focus: () => stage.node.focus({ preventScroll: true }),
    destroy() {
      deafen();
      stage.destroy();
    },
  };
}

// Keys, and what the window says. Returns the function that ends listening.
function hear(root, desk, { commands, hotkeys, letters, scene }) {
  let pending = null; // a command that is being loaded: those after it wait, in order
  const obey = (command) => {
    const done = pending ? pending.then(() => commands[command.type](command)) : commands[command.type](command);
    if (!done) return;
    const mine = done.finally(() => {
      if (pending === mine) pending = null;
    });
    pending = mine;
  };
  const deafen = listen(root, (event) => {
    const command = commandFor(event, hotkeys, letters);
    if (command) obey(command);
    return Boolean(command);
  });
  const released = (event) => {
    if (event.type === "blur" || event.key === " ") desk.hold(false);
  };
  // Another density of pixels: the canvas has to be painted anew.
  const resized = () => {
    scene.forget();
    desk.stage.repaint();
  };
  document.addEventListener("keyup", released);
  window.addEventListener("blur", released);
  window.addEventListener("resize", resized);
  return () => {
    deafen();
    document.removeEventListener("keyup", released);
    window.removeEventListener("blur", released);
    window.removeEventListener("resize", resized);
  };
}

// Questions to ask before the answer goes off; only a picture that nobody could see blocks it. `form.problems` are the
// form's own, with the ids of the shapes they are about; show(id) brings one of them into view.
export function problemsOf(current, { failed = false, show = () => {} } = {}) {
  const { one, problems } = current.form;
  const found = [];
  const note = (code, message, blocking = false) => found.push({ code, message, blocking });
  if (failed) note("no_picture", "The picture could not be loaded.", true);
  if (current.draft) note("unfinished", `A ${one} is begun but not ended.`);
  if (!current.shapes.length) note("nothing_drawn", `You drew no ${one}. Is there really nothing to mark?`);
  for (const { code, message, ids } of problems?.(current) ?? []) found.push({ code, message, blocking: false, show: () => show(ids[0]) });
  return found;
}
