// Bounding boxes: joins stage, state, rules, panel and keys. What each of them does is in ../annotate/.

import { createCommands } from "../annotate/commands.js";
import { el, fill } from "../annotate/dom.js";
import { createDrawing } from "../annotate/drawing.js";
import { repeated, sizeText } from "../annotate/geometry.js";
import { commandFor, hotkeyMap, listen } from "../annotate/keyboard.js";
import { createPanel } from "../annotate/panel.js";
import { createScene } from "../annotate/scene.js";
import { createStage, sizeOf, wheelBelongsTo } from "../annotate/stage.js";
import * as state from "../annotate/state.js";
import { stylesOf } from "../annotate/styles.js";
import { createViewer } from "./box_viewer.js";

// As in tools.css: below this width the picture stands on top, and the list of boxes waits folded under it.
const NARROW = 704;
const SMALLEST = 4;

let serial = 0;

export function mount(root, options) {
  const id = `tool-prompt-boxes-${(serial += 1)}`;
  const asked = { id, node: el("p", { class: "tool-prompt", id, dir: "auto" }, options.question.prompt) };
  root.classList.add("tool", "tool-boxes");
  root.dataset.kind = "bounding_box";
  const create = options.readonly || options.layers?.length ? createViewer : createEditor;
  const tool = create(root, options, asked);
  return {
    ...tool,
    destroy() {
      tool.destroy();
      root.replaceChildren();
      root.classList.remove("tool", "tool-boxes", "is-readonly");
      delete root.dataset.kind;
    },
  };
}

// The desk is what the parts share: the present state and the way to change it, the stage, where the pointers are.
function createDesk({ question, item, draft, onChange }) {
  const begin = (boxes, size) =>
    state.create({ classes: question.classes, size, minimum: question.min_size ?? SMALLEST, boxes });
  let current = begin(draft?.boxes ?? [], sizeOf(item) ?? { width: 1, height: 1 });
  const desk = {
    styles: stylesOf(question.classes),
    stage: null,
    panel: null,
    mouse: null, // {point, event} while one is over the stage
    finger: null, // where a finger draws
    get: () => current,
    say: (text) => desk.panel.say(text),
    // Every change of state comes through here: what is new is told, kept and painted.
    set(next) {
      if (next === current) return;
      const before = current;
      current = next;
      if (next.boxes !== before.boxes) {
        desk.say(told(before, next, desk.styles));
        onChange?.(state.valueOf(next));
      }
      desk.refresh();
    },
    // From outside: no change of the person's, so nothing is told and undo begins anew.
    replace(boxes) {
      current = { ...begin(boxes, desk.stage.size), active: current.active };
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
  const change = next.boxes.length - before.boxes.length;
  if (change === 1) {
    const box = next.boxes.at(-1);
    return `${styles.get(box.class).name} added, ${sizeText(box)}.`;
  }
  if (change === -1) return "Box deleted. Ctrl+Z brings it back.";
  return change < 0 ? "Boxes removed." : "";
}

function createEditor(root, options, asked) {
  const { question, item, mediaUrl, exampleUrl } = options;
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
  const drawing = createDrawing(desk);
  const scene = createScene(desk, drawing.cursorAt, mediaUrl);
  const unfolded = !root.clientWidth || root.clientWidth >= NARROW;
  desk.panel = createPanel(desk, { classes: question.classes, exampleUrl, unfolded });
  fill(root, asked.node, stage.node, desk.panel.node, ...desk.panel.dialogs);
  const deafen = hear(root, desk, createCommands(desk, desk.panel.help), hotkeyMap(question.classes), scene);
  const fingers = window.matchMedia("(pointer: coarse) and (hover: none)").matches;
  desk.say(fingers ? "Drag, or tap two corners. Two fingers zoom." : "Drag, or click two corners. Press ? for the keys.");
  desk.refresh();

  return {
    value: () => state.valueOf(desk.get()),
    problems: () => problemsOf(desk.get(), stage),
    setValue: (value) => desk.replace(value?.boxes ?? []),
    focus: () => stage.node.focus({ preventScroll: true }),
    destroy() {
      deafen();
      stage.destroy();
    },
  };
}

// Keys, and what the window says. Returns the function that ends listening.
function hear(root, desk, commands, hotkeys, scene) {
  const deafen = listen(root, (event) => {
    const command = commandFor(event, hotkeys);
    if (command) commands[command.type](command);
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

// Questions to ask before the answer goes off; only a picture that nobody could see blocks it.
export function problemsOf(current, { failed = false } = {}) {
  const found = [];
  const note = (code, message, blocking = false) => found.push({ code, message, blocking });
  if (failed) note("no_picture", "The picture could not be loaded.", true);
  if (current.draft) note("unfinished", "A box is begun but not ended.");
  if (!current.boxes.length) note("nothing_drawn", "You drew no box. Is there really nothing to mark?");
  const doubles = repeated(current.boxes);
  if (doubles.length) {
    const many = doubles.length > 1 ? `${doubles.length} boxes are` : "One box is";
    note("identical_boxes", `${many} drawn twice in the same place.`);
  }
  return found;
}
