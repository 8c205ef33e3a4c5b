// What each command of the keyboard does to the shapes and the picture.

import * as state from "./state.js";

// Arrow keys: pixels of the picture for a shape, pixels of the screen for the crosshair.
const NUDGE = { small: 1, big: 10 };
const CROSS = { small: 10, big: 50, fine: 1 };

// Letters that an editor of shapes takes; a class key of the same letter goes before.
export const LETTERS = { d: "duplicate", g: "snap", m: "magnify", r: "turn", "[": "previous-point", "]": "next-point" };
const FLAG_LETTERS = { o: "occluded", h: "uncertain" };

export const lettersOf = ({ flags }, form) => ({ ...LETTERS, ...(flags && FLAG_LETTERS), ...form.letters });

// A class was chosen, by key or by click: says what it now stands for.
export function chooseClass(desk, key) {
  const { name } = desk.styles.get(key);
  const before = desk.get();
  desk.set(state.chooseClass(before, key));
  const { one } = before.form;
  if (desk.get().shapes !== before.shapes) desk.say(`This ${one} is now ${name}.`);
  else if (before.fresh && before.active !== key) desk.say(`Next ${one}: ${name}. Same key again changes the last one.`);
  else desk.say(`Next ${one}: ${name}.`);
}

function step(desk, by) {
  desk.set(state.selectNext(desk.get(), by));
  const current = desk.get();
  const shape = state.selectedShape(current);
  if (!shape) return;
  desk.stage.reveal(current.form.bounds(shape));
  const place = `${current.shapes.indexOf(shape) + 1} of ${current.shapes.length}`;
  desk.say(`${place}: ${desk.styles.get(shape.class).name}, ${current.form.size(shape)}.`);
}

function enter(desk) {
  desk.mouse = null;
  const before = desk.get();
  desk.set(state.enter(before, desk.stage.centre()));
  const current = desk.get();
  const { form } = current;
  if (current.draft) desk.say(form.said?.(current.draft) ?? "First corner set. Arrows size it, Enter ends it, Esc cancels.");
  else if (before.draft && before.shapes === current.shapes) desk.say(state.tooSmall(current));
}

// A point that is not to be seen is left out.
function skip(desk) {
  const { form, draft } = desk.get();
  desk.set(state.placePoint({ ...desk.get(), draft: { ...draft, to: form.skip } }));
  const next = desk.get().draft;
  if (next) desk.say(form.said(next));
}

function arrow(desk, { x, y, big, resize }) {
  const current = desk.get();
  if (current.selected !== null) {
    const by = big ? NUDGE.big : NUDGE.small;
    desk.set((resize ? state.stretch : state.nudge)(current, x * by, y * by));
    return;
  }
  const by = resize ? CROSS.fine : (big ? CROSS.big : CROSS.small) / desk.stage.view.scale;
  desk.mouse = null;
  desk.set(state.moveCross(current, x * by, y * by, desk.stage.centre()));
  const { x: left, y: top } = desk.get().cross;
  desk.stage.reveal({ x1: left, y1: top, x2: left, y2: top });
}

// What is done seldom is loaded first.
export const later = async (desk, type) => (await import("./more.js")).run(type, desk, state);

const LATER = ["duplicate", "occluded", "uncertain", "next-point", "previous-point", "other-form", "hide-point"];

// type of command → function of the command. `desk` as in editor.js.
export function createCommands(desk) {
  const change = (how) => () => desk.set(how(desk.get()));
  return {
    ...Object.fromEntries(LATER.map((type) => [type, () => later(desk, type)])),
    none: () => {},
    class: (command) => chooseClass(desk, command.class),
    delete: () => desk.set(desk.get().draft ? state.dropPoint(desk.get()) : state.remove(desk.get())),
    enter: () => enter(desk),
    escape: () => {
      desk.say("");
      desk.set(state.escape(desk.get()));
    },
    undo: change(state.undo),
    redo: change(state.redo),
    "zoom-in": () => desk.stage.zoomStep(1),
    "zoom-out": () => desk.stage.zoomStep(-1),
    fit: () => desk.stage.fit(),
    next: () => (desk.get().draft && desk.get().form.skip ? skip(desk) : step(desk, 1)),
    previous: () => step(desk, -1),
    help: () => desk.panel.showKeys(),
    snap: () => desk.toggle("snapping"),
    magnify: () => desk.toggle("magnifying"),
    turn: () => desk.stage.turn(),
    hand: () => desk.hold(true),
    arrow: (command) => arrow(desk, command),
  };
}
