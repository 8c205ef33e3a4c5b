// What is drawn and what is being done, as plain data; each change is a function from one state to the next.
//
// form      what a shape is (js/forms/): how one is made of points, moved, resized, picked and painted
// shapes    [{id, class, …fields of the form, …extras}], never changed in place
// selected  id of the shape that keys and handles act on, or null
// handle    the handle of it that keys act on, or null
// fresh     the selected shape has only just been drawn: a class key means the next one, not this one
// active    class of the next shape; it stays chosen
// mode      "draw" or "select"
// draft     shape under construction: {by: "drag" | "trail" | "clicks" | "keys", points: those placed, to: the free one}, or null
// edit      {id, shape} while a shape is dragged; the one in `shapes` changes when it is let go
// cross     the keyboard's crosshair, a point of the picture, or null
//
// A form: `list` (name of the list in the answer), `one`, `many` (words), `names` (of its fields), `points` (how many make one;
// null: as many as one likes), `drag` ("corners", "trail", null), and functions of shapes and of points of the picture:
// make(points, size, draft?) round fits(shape, minimum, size) tooSmall(minimum) bounds moved(shape, dx, dy, size)
// dragged(shape, handle, dx, dy, size, minimum) grown(shape, dx, dy, size, minimum, handle) handleAt(shape, view, point, reach)
// at(shape, handle) → point cursor(handle) onOutline(shape, point, reach) contains area size trace(context, shape, view) overlay(layer);
// some also handles(shape), without(shape, handle), closes(points, point, reach), trail(points, scale), said(draft).

import * as history from "./history.js";
import { clamp } from "./numbers.js";

// What a shape may carry besides class and fields; see tasks_app/tools/shape_fields.py.
const EXTRAS = ["occluded", "uncertain", "attributes"];

export function create({ form, classes, size, minimum = 1, shapes = [] }) {
  const known = new Set(classes.map((row) => row.key));
  const kept = shapes.filter((shape) => known.has(shape.class)).map((shape, place) => ({ ...pure(form, shape), id: place + 1 }));
  return {
    form,
    classes: classes.map((row) => row.key),
    size,
    minimum,
    shapes: kept,
    nextId: kept.length + 1,
    selected: null,
    handle: null,
    fresh: false,
    active: classes[0].key,
    mode: "draw",
    draft: null,
    edit: null,
    cross: null,
    history: history.start(kept),
  };
}

function pure(form, shape) {
  const names = ["class", ...form.names, ...EXTRAS].filter((name) => shape[name] !== undefined && shape[name] !== false);
  return Object.fromEntries(names.map((name) => [name, shape[name]]));
}

export const valueOf = ({ form, shapes }) => ({ [form.list]: shapes.map((shape) => form.round(pure(form, shape))) });

export const shapeById = (state, id) => state.shapes.find((shape) => shape.id === id) ?? null;
export const selectedShape = (state) => (state.selected === null ? null : shapeById(state, state.selected));

export function withShapes(state, shapes, topic = null) {
  return { ...state, shapes, history: history.record(state.history, shapes, topic) };
}

// Drawing

// Whether the free point is one of those that the shape is made of.
const counts = (state) => state.draft.by === "drag" || state.form.points !== null;

export function draftShape(state, whole = true) {
  if (!state.draft) return null;
  const { points, to } = state.draft;
  const placed = state.draft.by === "trail" || (!whole && !counts(state)) ? points : [...points, to];
  return state.form.make(placed, state.size, state.draft);
}

export function beginDraft(state, by, from) {
  return { ...state, selected: null, handle: null, fresh: false, draft: { by, points: [from], to: from } };
}

export function moveDraft(state, to) {
  if (!state.draft) return state;
  const points = state.draft.by === "trail" ? [...state.draft.points, to] : state.draft.points;
  return { ...state, draft: { ...state.draft, points, to } };
}

// The free point is placed. With the last one that the form wants the shape is done.
export function placePoint(state, more = {}) {
  const { points, to, ...rest } = state.draft;
  if (state.form.points !== null && points.length + 1 >= state.form.points) return endDraft({ ...state, draft: { ...state.draft, ...more } });
  return { ...state, draft: { ...rest, ...more, points: [...points, to], to } };
}

// The point placed last is taken back; without any left the draft is gone.
export function dropPoint(state) {
  const points = state.draft.points.slice(0, -1);
  return points.length ? { ...state, draft: { ...state.draft, points } } : cancelDraft(state);
}

export const cancelDraft = (state) => (state.draft ? { ...state, draft: null } : state);

export const tooSmall = (state) => state.form.tooSmall(state.minimum);

// Whether the draft, as it stands, would be taken.
export function isWhole(state) {
  const shape = draftShape(state, false);
  return Boolean(shape) && state.form.fits(shape, state.minimum, state.size);
}

// The draft becomes a shape of the active class. One that is too small is not taken: `draft` is gone, shapes are the same.
export function endDraft(state) {
  if (!isWhole(state)) return cancelDraft(state);
  const added = { class: state.active, ...state.form.round(draftShape(state, false)), id: state.nextId };
  return {
    ...withShapes(state, [...state.shapes, added]),
    nextId: state.nextId + 1,
    draft: null,
    selected: added.id,
    handle: null,
    fresh: true,
  };
}

// Selecting

export function select(state, id) {
  if (id !== null && !shapeById(state, id)) return state;
  const handle = id === state.selected ? state.handle : null;
  return { ...state, selected: id, handle, fresh: false, draft: null, edit: null, history: history.settle(state.history) };
}

// The shape `step` places after the selected one, round and round.
export function selectNext(state, step) {
  const { shapes } = state;
  if (!shapes.length) return state;
  const place = shapes.findIndex((shape) => shape.id === state.selected);
  const from = place < 0 && step < 0 ? 0 : place;
  return select(state, shapes[(from + step + shapes.length) % shapes.length].id);
}

export const setMode = (state, mode) => ({ ...state, mode, draft: null, edit: null });

// Changing shapes

const equal = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);

export function replace(state, id, change, topic = null) {
  const before = shapeById(state, id);
  if (!before) return state;
  const after = state.form.round(change(before));
  const names = ["class", ...state.form.names, ...EXTRAS];
  if (names.every((name) => equal(after[name], before[name]))) return state;
  return withShapes(state, state.shapes.map((shape) => (shape.id === id ? after : shape)), topic);
}

// A class key: the selected shape takes the class; otherwise, or if it was only just drawn, the next one will.
// The same key once more gives it to the one just drawn as well.
export function chooseClass(state, key) {
  if (!state.classes.includes(key)) return state;
  const shape = selectedShape(state);
  const next = { ...state, active: key };
  if (!shape || (state.fresh && state.active !== key)) return next;
  return replace(next, shape.id, (old) => ({ ...old, class: key }));
}

export function removeSelected(state) {
  const place = state.shapes.findIndex((shape) => shape.id === state.selected);
  if (place < 0) return state;
  const left = state.shapes.filter((shape) => shape.id !== state.selected);
  return { ...withShapes(state, left), selected: null, handle: null, fresh: false, edit: null };
}

// Delete: of a shape of many points the one that keys act on, else the shape.
export function remove(state) {
  const shape = selectedShape(state);
  const left = shape && state.handle !== null ? (state.form.without?.(shape, state.handle) ?? null) : null;
  return left ? { ...replace(state, shape.id, () => left), handle: null } : removeSelected(state);
}

export function nudge(state, dx, dy) {
  return replace(state, state.selected, (shape) => state.form.moved(shape, dx, dy, state.size), `nudge ${state.selected}`);
}

// The keyboard's way to change a size or move a point.
export function stretch(state, dx, dy) {
  const grow = (shape) => state.form.grown(shape, dx, dy, state.size, state.minimum, state.handle);
  return replace(state, state.selected, grow, `stretch ${state.selected} ${state.handle}`);
}

export function beginEdit(state, id, handle = null) {
  const shape = shapeById(state, id);
  return shape ? { ...state, selected: id, handle, draft: null, edit: { id, shape } } : state;
}

export function dragEdit(state, handle, dx, dy) {
  if (!state.edit) return state;
  const { id } = state.edit;
  const { form, size, minimum } = state;
  const from = shapeById(state, id);
  const shape = handle === "move" ? form.moved(from, dx, dy, size) : form.dragged(from, handle, dx, dy, size, minimum);
  return { ...state, edit: { id, shape } };
}

export function endEdit(state) {
  if (!state.edit) return state;
  const { id, shape } = state.edit;
  return replace({ ...state, edit: null }, id, () => shape);
}

export const cancelEdit = (state) => (state.edit ? { ...state, edit: null } : state);

// Undo and redo keep the selection where its shape is still there.

function travelled(state, to) {
  if (to === state.history) return state;
  const shapes = to.present;
  const kept = shapes.some((shape) => shape.id === state.selected);
  return { ...state, shapes, history: to, selected: kept ? state.selected : null, handle: null, fresh: false, draft: null, edit: null };
}

export const undo = (state) => travelled(state, history.undo(state.history));
export const redo = (state) => travelled(state, history.redo(state.history));
export const canUndo = (state) => history.canUndo(state.history);
export const canRedo = (state) => history.canRedo(state.history);

// The keyboard's crosshair: it moves the free point of a draft that was begun by key.

export function moveCross(state, dx, dy, origin) {
  const from = state.cross ?? origin;
  const cross = {
    x: clamp(from.x + dx, 0, state.size.width),
    y: clamp(from.y + dy, 0, state.size.height),
  };
  const next = { ...state, cross };
  return state.draft?.by === "keys" ? moveDraft(next, cross) : next;
}

// Enter: places a point at the crosshair. The last one ends the shape; where any number may make one, the same point
// once more does. Afterwards the crosshair is free to go on.
export function enter(state, origin) {
  if (state.draft) {
    const { points, to } = state.draft;
    const again = equal(points.at(-1), to) || state.draft.by !== "keys";
    const next = state.form.points === null && again ? endDraft(state) : placePoint(state);
    return next.draft || state.draft.by !== "keys" ? next : { ...next, selected: null, fresh: false };
  }
  if (state.selected !== null && !state.fresh) return select(state, null);
  const cross = state.cross ?? origin;
  return beginDraft({ ...state, cross }, "keys", cross);
}

// Esc: leaves the innermost thing that is going on.
export function escape(state) {
  if (state.draft) return cancelDraft(state);
  if (state.edit) return cancelEdit(state);
  if (state.handle !== null) return { ...state, handle: null };
  if (state.selected !== null) return select(state, null);
  if (state.mode !== "draw") return setMode(state, "draw");
  return state.cross ? { ...state, cross: null } : state;
}
