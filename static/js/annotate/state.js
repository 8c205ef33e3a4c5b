// What is drawn and what is being done, as plain data; each change is a function from one state to the next.
//
// boxes     [{id, class, x1, y1, x2, y2}], never changed in place
// selected  id of the box that keys and handles act on, or null
// fresh     the selected box has only just been drawn: a class key means the next box, not this one
// active    class of the next box; it stays chosen
// mode      "draw" or "select"
// draft     box under construction: {by: "drag" | "clicks" | "keys", from: point, to: point}, or null
// edit      {id, box} while a box is dragged; the box in `boxes` changes when it is let go
// cross     the keyboard's crosshair, a point of the picture, or null

import { boxBetween, isBigEnough, moveBox, resizeBox, roundBox } from "./geometry.js";
import * as history from "./history.js";
import { clamp } from "./numbers.js";

export function create({ classes, size, minimum = 1, boxes = [] }) {
  const known = new Set(classes.map((row) => row.key));
  const kept = boxes.filter((box) => known.has(box.class)).map((box, place) => ({ ...pure(box), id: place + 1 }));
  return {
    classes: classes.map((row) => row.key),
    size,
    minimum,
    boxes: kept,
    nextId: kept.length + 1,
    selected: null,
    fresh: false,
    active: classes[0].key,
    mode: "draw",
    draft: null,
    edit: null,
    cross: null,
    history: history.start(kept),
  };
}

const pure = ({ class: key, x1, y1, x2, y2 }) => ({ class: key, x1, y1, x2, y2 });

export const valueOf = (state) => ({ boxes: state.boxes.map((box) => roundBox(pure(box))) });

export const boxById = (state, id) => state.boxes.find((box) => box.id === id) ?? null;
export const selectedBox = (state) => (state.selected === null ? null : boxById(state, state.selected));

function withBoxes(state, boxes, topic = null) {
  return { ...state, boxes, history: history.record(state.history, boxes, topic) };
}

// Drawing

export function draftBox(state) {
  return state.draft && boxBetween(state.draft.from, state.draft.to, state.size);
}

export function beginDraft(state, by, from) {
  return { ...state, selected: null, fresh: false, draft: { by, from, to: from } };
}

export const moveDraft = (state, to) => (state.draft ? { ...state, draft: { ...state.draft, to } } : state);
export const cancelDraft = (state) => (state.draft ? { ...state, draft: null } : state);

export const tooSmall = (state) => `Too small: a box needs at least ${state.minimum} pixels on each side.`;

// The draft becomes a box of the active class. One that is too small is not taken: `draft` is gone, boxes are the same.
export function endDraft(state) {
  const box = draftBox(state);
  if (!box || !isBigEnough(box, state.minimum, state.size)) return cancelDraft(state);
  const added = { ...roundBox(box), class: state.active, id: state.nextId };
  return {
    ...withBoxes(state, [...state.boxes, added]),
    nextId: state.nextId + 1,
    draft: null,
    selected: added.id,
    fresh: true,
  };
}

// Selecting

export function select(state, id) {
  if (id !== null && !boxById(state, id)) return state;
  return { ...state, selected: id, fresh: false, draft: null, edit: null, history: history.settle(state.history) };
}

// The box `step` places after the selected one, round and round.
export function selectNext(state, step) {
  const { boxes } = state;
  if (!boxes.length) return state;
  const place = boxes.findIndex((box) => box.id === state.selected);
  const from = place < 0 && step < 0 ? 0 : place;
  return select(state, boxes[(from + step + boxes.length) % boxes.length].id);
}

export const setMode = (state, mode) => ({ ...state, mode, draft: null, edit: null });

// Changing boxes

function replace(state, id, change, topic = null) {
  const before = boxById(state, id);
  if (!before) return state;
  const after = roundBox(change(before));
  if (["class", "x1", "y1", "x2", "y2"].every((name) => after[name] === before[name])) return state;
  return withBoxes(state, state.boxes.map((box) => (box.id === id ? after : box)), topic);
}

// A class key: the selected box takes the class; otherwise, or if that box was only just drawn, the next one will.
// The same key once more gives it to the box just drawn as well.
export function chooseClass(state, key) {
  if (!state.classes.includes(key)) return state;
  const box = selectedBox(state);
  const next = { ...state, active: key };
  if (!box || (state.fresh && state.active !== key)) return next;
  return replace(next, box.id, (old) => ({ ...old, class: key }));
}

export function removeSelected(state) {
  const place = state.boxes.findIndex((box) => box.id === state.selected);
  if (place < 0) return state;
  const left = state.boxes.filter((box) => box.id !== state.selected);
  return { ...withBoxes(state, left), selected: null, fresh: false, edit: null };
}

export function removeAll(state) {
  return state.boxes.length ? { ...withBoxes(state, []), selected: null, fresh: false, draft: null, edit: null } : state;
}

export function nudge(state, dx, dy) {
  return replace(state, state.selected, (box) => moveBox(box, dx, dy, state.size), `nudge ${state.selected}`);
}

// The right and the lower edge move: the keyboard's way to change a size.
export function stretch(state, dx, dy) {
  const grow = (box) => resizeBox(box, "se", dx, dy, state.size, state.minimum);
  return replace(state, state.selected, grow, `stretch ${state.selected}`);
}

export function beginEdit(state, id) {
  const box = boxById(state, id);
  return box ? { ...state, selected: id, draft: null, edit: { id, box } } : state;
}

export function dragEdit(state, handle, dx, dy) {
  if (!state.edit) return state;
  const { id } = state.edit;
  const from = boxById(state, id);
  const box =
    handle === "move"
      ? moveBox(from, dx, dy, state.size)
      : resizeBox(from, handle, dx, dy, state.size, state.minimum);
  return { ...state, edit: { id, box } };
}

export function endEdit(state) {
  if (!state.edit) return state;
  const { id, box } = state.edit;
  return replace({ ...state, edit: null }, id, () => box);
}

export const cancelEdit = (state) => (state.edit ? { ...state, edit: null } : state);

// Undo and redo keep the selection where its box is still there.

function travelled(state, to) {
  if (to === state.history) return state;
  const boxes = to.present;
  const kept = boxes.some((box) => box.id === state.selected);
  return { ...state, boxes, history: to, selected: kept ? state.selected : null, fresh: false, draft: null, edit: null };
}

export const undo = (state) => travelled(state, history.undo(state.history));
export const redo = (state) => travelled(state, history.redo(state.history));
export const canUndo = (state) => history.canUndo(state.history);
export const canRedo = (state) => history.canRedo(state.history);

// The keyboard's crosshair: it moves the free corner of a draft that was begun by key.

export function moveCross(state, dx, dy, origin) {
  const from = state.cross ?? origin;
  const cross = {
    x: clamp(from.x + dx, 0, state.size.width),
    y: clamp(from.y + dy, 0, state.size.height),
  };
  const next = { ...state, cross };
  return state.draft?.by === "keys" ? moveDraft(next, cross) : next;
}

// Enter: begins a box at the crosshair, or ends the one begun. Afterwards the crosshair is free to go on.
export function enter(state, origin) {
  if (state.draft?.by === "keys") return { ...endDraft(state), selected: null, fresh: false };
  if (state.selected !== null && !state.fresh) return select(state, null);
  const cross = state.cross ?? origin;
  return beginDraft({ ...state, cross }, "keys", cross);
}

// Esc: leaves the innermost thing that is going on.
export function escape(state) {
  if (state.draft) return cancelDraft(state);
  if (state.edit) return cancelEdit(state);
  if (state.selected !== null) return select(state, null);
  if (state.mode !== "draw") return setMode(state, "draw");
  return state.cross ? { ...state, cross: null } : state;
}
