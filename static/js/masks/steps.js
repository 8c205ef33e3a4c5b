// Undo and redo of painting: what an area held before and after. Bounded by the bytes it keeps.

import { cut, joined, paste } from "./bitmap.js";

const MOST_BYTES = 64 << 20;

export function createSteps(map, onDraw) {
  let [past, future] = [[], []];
  let before = null; // the cells as they were when the step in hand began
  let touched = null;

  function put(step, name) {
    paste(map, step.area, step[name]);
    onDraw(step.area);
  }

  function trim() {
    let bytes = 0;
    const from = past.findLastIndex((step) => (bytes += 2 * step.after.length) > MOST_BYTES);
    past = past.slice(Math.min(from + 1, past.length - 1));
  }

  return {
    open: () => before !== null,
    canUndo: () => past.length > 0,
    canRedo: () => future.length > 0,
    begin() {
      before ??= map.cells.slice();
    },
    // What was just painted.
    touch(area) {
      if (!area) return;
      touched = joined(touched, area);
      onDraw(area);
    },
    // Ends the step in hand; true if it changed anything.
    end() {
      const step = touched && { area: touched, before: cut({ ...map, cells: before }, touched), after: cut(map, touched) };
      [before, touched] = [null, null];
      if (!step || step.before.every((value, place) => value === step.after[place])) return false;
      past.push(step);
      future = [];
      trim();
      return true;
    },
    cancel() {
      if (touched) put({ area: touched, before: cut({ ...map, cells: before }, touched) }, "before");
      [before, touched] = [null, null];
    },
    undo() {
      const step = past.pop();
      if (!step) return false;
      future.push(step);
      put(step, "before");
      return true;
    },
    redo() {
      const step = future.pop();
      if (!step) return false;
      past.push(step);
      put(step, "after");
      return true;
    },
    forget() {
      [past, future, before, touched] = [[], [], null, null];
    },
  };
}
