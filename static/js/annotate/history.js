// Undo and redo over values that are never changed in place. Pure.

const LIMIT = 500;

export const start = (present) => ({ past: [], present, future: [], topic: null });

// A new present. Steps of one `topic` in a row (nudging one box with the arrows) become one step of undo.
export function record(history, present, topic = null) {
  if (present === history.present) return history;
  if (topic !== null && topic === history.topic) return { ...history, present, future: [] };
  return { past: [...history.past, history.present].slice(-LIMIT), present, future: [], topic };
}

// Ends a topic, so that the next step of it counts as its own.
export const settle = (history) => (history.topic === null ? history : { ...history, topic: null });

export const canUndo = (history) => history.past.length > 0;
export const canRedo = (history) => history.future.length > 0;

export function undo(history) {
  if (!canUndo(history)) return history;
  return {
    past: history.past.slice(0, -1),
    present: history.past.at(-1),
    future: [history.present, ...history.future],
    topic: null,
  };
}

export function redo(history) {
  if (!canRedo(history)) return history;
  return {
    past: [...history.past, history.present],
    present: history.future[0],
    future: history.future.slice(1),
    topic: null,
  };
}
