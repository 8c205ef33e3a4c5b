// What an editor of shapes can do besides drawing, loaded when it is first asked for: copies, marks, points by key, another
// way to place the points. `state` is state.js, handed over: a second copy of it here would only be weight.

import { EXTREMES } from "./extremes.js";

const COPY_BY = 12; // screen pixels
const FLAGS = { occluded: "occluded", uncertain: "unsure" };

const equal = (a, b) => JSON.stringify(a) === JSON.stringify(b);

export function createMore(state) {
  // A copy of the selected shape beside it; the copy is selected.
  function duplicate(now, by) {
    const shape = state.selectedShape(now);
    if (!shape) return now;
    const away = (direction) => now.form.moved(shape, direction * by, direction * by, now.size);
    const [after, before] = [away(1), away(-1)];
    // In the lower right corner there is room only up and to the left.
    const copy = { ...now.form.round(equal(after, shape) ? before : after), id: now.nextId };
    return { ...state.withShapes(now, [...now.shapes, copy]), nextId: now.nextId + 1, selected: copy.id, handle: null, fresh: false };
  }

  // A flag or the attributes of the selected shape.
  const setExtra = (now, name, value) => state.replace(now, now.selected, (old) => ({ ...old, [name]: value }));

  // The handle `step` places after the one that keys act on.
  function selectHandle(now, step) {
    const shape = state.selectedShape(now);
    const ids = shape ? (now.form.handles?.(shape) ?? []).filter((one) => !one.adds).map((one) => one.id) : [];
    if (!ids.length) return now;
    const place = ids.indexOf(now.handle);
    return { ...now, fresh: false, handle: ids[(place + step + (place < 0 && step < 0 ? 1 : 0) + ids.length) % ids.length] };
  }

  // Other points that make the same shape: two corners, or the outermost points.
  const setForm = (now, form) => ({ ...now, form, draft: null });
  const otherForm = (now) => setForm(now, now.form.other ?? { ...now.form, ...EXTREMES, other: now.form });

  return { duplicate, setExtra, selectHandle, setForm, otherForm };
}

function stepPoint(desk, next, state) {
  desk.set(next);
  const { form, handle } = desk.get();
  if (handle !== null) desk.say(form.named?.(handle, state.selectedShape(desk.get())) ?? `Point ${handle}. Ctrl and arrows move it, Delete removes it.`);
}

function flag(desk, name, more, state) {
  const shape = state.selectedShape(desk.get());
  if (!shape) return;
  desk.set(more.setExtra(desk.get(), name, !shape[name]));
  desk.say(`${shape[name] ? "No longer" : "Now"} marked as ${FLAGS[name]}.`);
}

// type: of the command.
export function run(type, desk, state) {
  const more = createMore(state);
  const now = desk.get();
  if (type in FLAGS) flag(desk, type, more, state);
  else if (type === "duplicate") desk.set(more.duplicate(now, COPY_BY / desk.stage.view.scale));
  else if (type === "hide-point") desk.set(state.replace(now, now.selected, (shape) => now.form.hidden(shape, now.handle)));
  else if (type === "next-point" || type === "previous-point") stepPoint(desk, more.selectHandle(now, type === "next-point" ? 1 : -1), state);
  else {
    desk.set(more.otherForm(now));
    desk.say(desk.get().form.how);
  }
}
