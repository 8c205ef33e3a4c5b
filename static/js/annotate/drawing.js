// What a pointer does to shapes: the rules of drawing, selecting, moving and resizing.
//
// Drawing always wins. Only what shows that it can be taken hold of is in its way: the handles of the shape in hand
// and, once that shape was chosen on purpose, its outline. A click on the outline or in the list chooses a shape; Ctrl or
// the select mode makes every press choose and move instead.

import * as geometry from "./geometry.js";
import { linesOf, snapped } from "./snapping.js";
import * as state from "./state.js";

// How near a pointer has to come, in stage pixels. A shape only just drawn has the smaller reach: the next thing to
// draw often touches it.
const REACH = { mouse: 7, pen: 9, touch: 20 };
const FRESH_REACH = { mouse: 5, pen: 6, touch: 14 };
const BORDER = { mouse: 4, pen: 6, touch: 12 };
// A trail's points are at least so far apart.
const TRAIL = 3;

const reachOf = (table, type) => table[type] ?? table.mouse;

// What lies under a point of the stage: {on: "handle", handle} | {on: "outline"} of the shape in hand,
// {on: "shape", id} another one to choose, {on: "free"}. Pure.
export function whatIsAt(current, view, point, { type = "mouse", selecting = false, force = false } = {}) {
  const { form } = current;
  const shape = state.selectedShape(current);
  const there = { x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale };
  const border = reachOf(BORDER, type) / view.scale;
  if (shape && !force) {
    const handle = form.handleAt(shape, view, point, reachOf(current.fresh ? FRESH_REACH : REACH, type));
    if (handle) return { on: "handle", handle };
    const held = form.onOutline(shape, there, border) || (selecting && form.contains(shape, there));
    if (held && (selecting || !current.fresh)) return { on: "outline" };
  }
  const found = selecting ? geometry.pickInside(form, current.shapes, there) : geometry.pickBorder(form, current.shapes, there, border);
  return found ? { on: "shape", id: found.id } : { on: "free" };
}

// `desk` as in editor.js.
export function createDrawing(desk) {
  const selecting = (event) => desk.get().mode === "select" || event.ctrlKey || event.metaKey;
  const toPicture = (point) => {
    const { view } = desk.stage;
    return { x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale };
  };
  const tooSmall = () => desk.say(state.tooSmall(desk.get()));
  let lines = null; // what edges stick to, for as long as one shape is drawn or resized
  const stick = (point) => {
    // What is being drawn is not there yet; what is being resized does not stick to itself.
    const current = desk.get();
    lines ??= linesOf(current.edit ? current : { ...current, selected: null }, desk.snapping);
    return snapped(point, lines, desk.stage.view.scale);
  };
  // A finger covers what it draws: the loupe shows it.
  const touch = (point) => {
    desk.finger = point;
    if (point) desk.mouse = null;
    desk.stage.repaint();
  };

  function finish(next) {
    const before = desk.get();
    desk.set(next);
    if (next.shapes.length === before.shapes.length) tooSmall();
  }

  // A shape that follows the pointer until it is let go. Without having moved it was a click: the first of its points,
  // or the choice of the shape whose outline is there. Esc meanwhile ends the draft, and this drag with it.
  function draw(point, event, under) {
    const clicks = desk.get().draft?.by === "clicks";
    const { drag } = desk.get().form;
    let begun = clicks;
    let last = point;
    if (!clicks) lines = null;
    if (clicks) desk.set(state.moveDraft(desk.get(), stick(toPicture(point))));
    return {
      move(to) {
        if (!begun && !drag) return;
        if (!begun) desk.set(state.beginDraft(desk.get(), drag === "trail" ? "trail" : "drag", stick(toPicture(point))));
        begun = true;
        if (desk.get().draft?.by === "trail" && Math.hypot(to.x - last.x, to.y - last.y) < TRAIL) return;
        last = to;
        desk.set(state.moveDraft(desk.get(), stick(toPicture(to))));
        if (event.pointerType === "touch") touch(desk.get().draft ? to : null);
      },
      end(to, moved, ending) {
        touch(null);
        if (begun && !desk.get().draft) return;
        if (clicks) nextClick(ending);
        else if (begun) finish(state.endDraft(desk.get()));
        else if (under.on === "shape" && !moved) desk.set(state.select(desk.get(), under.id));
        else firstClick(point, ending);
      },
      cancel() {
        touch(null);
        if (!clicks) desk.set(state.cancelDraft(desk.get()));
      },
    };
  }

  // What a form wants to know of a click besides its place: Alt says that the point is hidden.
  const kind = (event) => (event.altKey ? { hidden: [...(desk.get().draft?.hidden ?? []), desk.get().draft?.points.length ?? 0] } : {});

  function firstClick(point, event) {
    desk.set(state.beginDraft(desk.get(), "clicks", stick(toPicture(point))));
    if (event.altKey) desk.set({ ...desk.get(), draft: { ...desk.get().draft, hidden: [0] } });
    desk.say(desk.get().form.said?.(desk.get().draft) ?? "First corner set. Click the opposite corner; Esc cancels.");
  }

  function nextClick(event) {
    const current = desk.get();
    const { form, draft } = current;
    const reach = reachOf(REACH, event.pointerType) / desk.stage.view.scale;
    if (form.closes?.(draft.points, draft.to, reach)) {
      finish(state.endDraft(current));
      return;
    }
    // A double click is no shape: the last point stays open.
    const last = form.points !== null && draft.points.length + 1 >= form.points;
    if (last && !form.fits(state.draftShape(current), current.minimum, current.size)) {
      tooSmall();
      return;
    }
    desk.set(state.placePoint(current, kind(event)));
    const next = desk.get().draft;
    if (next) desk.say(form.said?.(next) ?? `Point ${next.points.length} of ${form.points}.`);
  }

  function adjust(point, event, handle) {
    const { form, selected: id } = desk.get();
    const from = toPicture(point);
    const start = handle === "move" ? null : form.at(state.selectedShape(desk.get()), handle);
    let begun = false;
    lines = null;
    return {
      move(to) {
        const now = toPicture(to);
        if (!begun) desk.set(state.beginEdit(desk.get(), id, handle === "move" ? null : handle));
        begun = true;
        const by = { x: now.x - from.x, y: now.y - from.y };
        const aim = start && stick({ x: start.x + by.x, y: start.y + by.y });
        desk.set(state.dragEdit(desk.get(), handle, aim ? aim.x - start.x : by.x, aim ? aim.y - start.y : by.y));
        if (event.pointerType === "touch" && handle !== "move") touch(desk.get().edit ? to : null);
      },
      end(to, moved, ending) {
        touch(null);
        if (moved) desk.set(state.endEdit(desk.get()));
        // A click into a stack of shapes goes on to the next larger one.
        else if (handle === "move" && selecting(ending)) chooseInside(to);
        else desk.set({ ...state.select(desk.get(), id), handle: handle === "move" ? null : handle });
      },
      cancel() {
        touch(null);
        desk.set(state.cancelEdit(desk.get()));
      },
    };
  }

  function chooseInside(point) {
    const current = desk.get();
    const found = geometry.pickInside(current.form, current.shapes, toPicture(point), current.selected);
    desk.set(state.select(current, found?.id ?? null));
  }

  function begin(point, event) {
    const current = desk.get();
    const type = event.pointerType;
    if (current.draft?.by === "clicks") return draw(point, event, { on: "free" });
    if (current.draft) desk.set(state.cancelDraft(current));
    const under = whatIsAt(desk.get(), desk.stage.view, point, { type, selecting: selecting(event), force: event.shiftKey });
    if (under.on === "handle") return adjust(point, event, under.handle);
    if (under.on === "outline") return adjust(point, event, "move");
    if (selecting(event)) return chosen(point, event, under);
    return draw(point, event, under);
  }

  // In select mode a press on a shape chooses it and drags it at once; on free ground it pans, and a click lets go.
  function chosen(point, event, under) {
    if (under.on === "shape") {
      desk.set(state.select(desk.get(), under.id));
      const end = (to, moved) => moved && desk.set(state.endEdit(desk.get()));
      return { ...adjust(point, event, "move"), end };
    }
    desk.set(state.select(desk.get(), null));
    return null;
  }

  function cursorAt(point, event) {
    const current = desk.get();
    if (current.draft) return "";
    const under = whatIsAt(current, desk.stage.view, point, { selecting: selecting(event), force: event.shiftKey });
    if (under.on === "handle") return current.form.cursor(under.handle);
    if (under.on === "outline") return "move";
    if (under.on === "shape") return "pointer";
    return selecting(event) ? "grab" : "";
  }

  // Without a button down the free point of a shape begun with a click follows the pointer.
  function hover(point) {
    const current = desk.get();
    if (current.draft?.by === "clicks") desk.set(state.moveDraft(current, stick(toPicture(point))));
  }

  return { begin, hover, cursorAt };
}
