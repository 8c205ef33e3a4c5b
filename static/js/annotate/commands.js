// What each command of the keyboard does to the boxes and the picture.

import { open } from "./help.js";
import * as state from "./state.js";
import { sizeText } from "./geometry.js";

// Arrow keys: pixels of the picture for a box, pixels of the screen for the crosshair.
const NUDGE = { small: 1, big: 10 };
const CROSS = { small: 10, big: 50, fine: 1 };

// The key map that `?` shows.
export const KEYS = [
  [["1", "…"], "Choose a class; a box you selected takes it (twice: the box just drawn, too)"],
  [["Enter"], "Begin a box at the crosshair; end it"],
  [["←", "↑", "→", "↓"], "Move the crosshair, or the selected box by 1 pixel (Shift: further)"],
  [["Ctrl", "←↑→↓"], "Change the selected box's size; move the crosshair by 1 pixel"],
  [[".", ","], "Next box, previous box"],
  [["Delete"], "Delete the selected box"],
  [["Ctrl", "Z"], "Undo (Ctrl Y: redo)"],
  [["+", "−", "0"], "Zoom in, out, whole picture (wheel or pinch)"],
  [["Space"], "Hold and drag to move the picture (or middle button, two fingers)"],
  [["Ctrl", "click"], "Select a box by its inside; again for the one around it"],
  [["Shift", "drag"], "Draw, even from a handle"],
  [["Esc"], "Cancel, let go"],
  [["?"], "This list"],
];

// A class was chosen, by key or by click: says what it now stands for.
export function chooseClass(desk, key) {
  const { name } = desk.styles.get(key);
  const before = desk.get();
  desk.set(state.chooseClass(before, key));
  if (desk.get().boxes !== before.boxes) desk.say(`Box is now ${name}.`);
  else if (before.fresh && before.active !== key) desk.say(`Next box: ${name}. Same key again changes the last one.`);
  else desk.say(`Next box: ${name}.`);
}

function step(desk, by) {
  desk.set(state.selectNext(desk.get(), by));
  const current = desk.get();
  const box = state.selectedBox(current);
  if (!box) return;
  desk.stage.reveal(box);
  const place = `${current.boxes.indexOf(box) + 1} of ${current.boxes.length}`;
  desk.say(`Box ${place}: ${desk.styles.get(box.class).name}, ${sizeText(box)}.`);
}

function keyboardBox(desk) {
  desk.mouse = null;
  const before = desk.get();
  desk.set(state.enter(before, desk.stage.centre()));
  const current = desk.get();
  if (current.draft) desk.say("First corner set. Arrows size the box, Enter ends it, Esc cancels.");
  else if (before.draft && before.boxes === current.boxes) desk.say(state.tooSmall(current));
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

// type of command → function of the command. `desk` as in tools/bounding_box.js, `help` the dialog of keys.
export function createCommands(desk, help) {
  const change = (how) => () => desk.set(how(desk.get()));
  return {
    none: () => {},
    class: (command) => chooseClass(desk, command.class),
    delete: change(state.removeSelected),
    enter: () => keyboardBox(desk),
    escape: () => {
      desk.say("");
      desk.set(state.escape(desk.get()));
    },
    undo: change(state.undo),
    redo: change(state.redo),
    "zoom-in": () => desk.stage.zoomStep(1),
    "zoom-out": () => desk.stage.zoomStep(-1),
    fit: () => desk.stage.fit(),
    next: () => step(desk, 1),
    previous: () => step(desk, -1),
    help: () => open(help),
    hand: () => desk.hold(true),
    arrow: (command) => arrow(desk, command),
  };
}
