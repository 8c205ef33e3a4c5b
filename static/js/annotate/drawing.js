// What a pointer does to boxes: the rules of drawing, selecting, moving and resizing.
//
// Drawing always wins. Only what shows that it can be taken hold of is in its way: the handles of the box in hand
// and, once that box was chosen on purpose, its outline. A click on the outline or in the list chooses a box; Ctrl or
// the select mode makes every press choose and move instead.

import * as geometry from "./geometry.js";
import * as state from "./state.js";
import { boxToScreen } from "./view.js";

// How near a pointer has to come, in stage pixels. A box only just drawn has the smaller reach: the next thing to
// draw often touches it.
const REACH = { mouse: 7, pen: 9, touch: 20 };
const FRESH_REACH = { mouse: 5, pen: 6, touch: 14 };
const BORDER = { mouse: 4, pen: 6, touch: 12 };

export const CURSORS = { nw: "nwse", n: "ns", ne: "nesw", e: "ew", se: "nwse", s: "ns", sw: "nesw", w: "ew" };

const reachOf = (table, type) => table[type] ?? table.mouse;

// What lies under a point of the stage: {on: "handle", handle} | {on: "outline"} of the box in hand,
// {on: "box", id} another one to choose, {on: "free"}. Pure.
export function whatIsAt(current, view, point, { type = "mouse", selecting = false, force = false } = {}) {
  const box = state.selectedBox(current);
  if (box && !force) {
    const at = boxToScreen(view, box);
    const handle = geometry.hitHandle(at, point, reachOf(current.fresh ? FRESH_REACH : REACH, type));
    if (handle) return { on: "handle", handle };
    const held = geometry.hitBorder(at, point, reachOf(BORDER, type)) || (selecting && geometry.contains(at, point));
    if (held && (selecting || !current.fresh)) return { on: "outline" };
  }
  const there = { x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale };
  const found = selecting
    ? geometry.pickInside(current.boxes, there)
    : geometry.pickBorder(current.boxes, there, reachOf(BORDER, type) / view.scale);
  return found ? { on: "box", id: found.id } : { on: "free" };
}

// `desk` as in tools/bounding_box.js.
export function createDrawing(desk) {
  const selecting = (event) => desk.get().mode === "select" || event.ctrlKey || event.metaKey;
  const toPicture = (point) => {
    const { view } = desk.stage;
    return { x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale };
  };
  const tooSmall = () => desk.say(state.tooSmall(desk.get()));
  // A finger covers what it draws: the loupe shows it.
  const touch = (point) => {
    desk.finger = point;
    if (point) desk.mouse = null;
    desk.stage.repaint();
  };

  function finish(next) {
    const before = desk.get();
    desk.set(next);
    if (next.boxes.length === before.boxes.length) tooSmall();
  }

  // A box that follows the pointer until it is let go. Without having moved it was a click: the first of two corners,
  // or the choice of the box whose outline is there. Esc meanwhile ends the draft, and this drag with it.
  function draw(point, event, under) {
    const clicks = desk.get().draft?.by === "clicks";
    if (clicks) desk.set(state.moveDraft(desk.get(), toPicture(point)));
    let begun = clicks;
    return {
      move(to) {
        if (!begun) desk.set(state.beginDraft(desk.get(), "drag", toPicture(point)));
        begun = true;
        desk.set(state.moveDraft(desk.get(), toPicture(to)));
        if (event.pointerType === "touch") touch(desk.get().draft ? to : null);
      },
      end(to, moved) {
        touch(null);
        if (begun && !desk.get().draft) return;
        if (clicks) secondClick();
        else if (moved) finish(state.endDraft(desk.get()));
        else if (under.on === "box") desk.set(state.select(desk.get(), under.id));
        else firstClick(point);
      },
      cancel() {
        touch(null);
        if (!clicks) desk.set(state.cancelDraft(desk.get()));
      },
    };
  }

  function firstClick(point) {
    desk.set(state.beginDraft(desk.get(), "clicks", toPicture(point)));
    desk.say("First corner set. Click the opposite corner; Esc cancels.");
  }

  function secondClick() {
    const current = desk.get();
    const box = state.draftBox(current);
    // A double click is no box: the second corner stays open.
    if (geometry.isBigEnough(box, current.minimum, current.size)) desk.set(state.endDraft(current));
    else tooSmall();
  }

  function adjust(point, event, handle) {
    const id = desk.get().selected;
    const from = toPicture(point);
    let begun = false;
    return {
      move(to) {
        const now = toPicture(to);
        if (!begun) desk.set(state.beginEdit(desk.get(), id));
        begun = true;
        desk.set(state.dragEdit(desk.get(), handle, now.x - from.x, now.y - from.y));
        if (event.pointerType === "touch" && handle !== "move") touch(desk.get().edit ? to : null);
      },
      end(to, moved, ending) {
        touch(null);
        if (moved) desk.set(state.endEdit(desk.get()));
        // A click into a stack of boxes goes on to the next larger one.
        else if (handle === "move" && selecting(ending)) chooseInside(to);
        else desk.set(state.select(desk.get(), id));
      },
      cancel() {
        touch(null);
        desk.set(state.cancelEdit(desk.get()));
      },
    };
  }

  function chooseInside(point) {
    const current = desk.get();
    const found = geometry.pickInside(current.boxes, toPicture(point), current.selected);
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

  // In select mode a press on a box chooses it and drags it at once; on free ground it pans, and a click lets go.
  function chosen(point, event, under) {
    if (under.on === "box") {
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
    if (under.on === "handle") return `${CURSORS[under.handle]}-resize`;
    if (under.on === "outline") return "move";
    if (under.on === "box") return "pointer";
    return selecting(event) ? "grab" : "";
  }

  // Without a button down the second corner of a box begun with a click follows the pointer.
  function hover(point) {
    const current = desk.get();
    if (current.draft?.by === "clicks") desk.set(state.moveDraft(current, toPicture(point)));
  }

  return { begin, hover, cursorAt };
}
