// One frame of the boxes: what lies on the canvas, the box in hand, the crosshair, the loupe.

import { sizeText } from "./geometry.js";
import { createLoupe } from "./loupe.js";
import { createCanvas, createOverlay } from "./render.js";
import * as state from "./state.js";
import { boxToScreen, toScreen } from "./view.js";

// Boxes of one class are one group: see render.js.
export function groupsOf(boxes, styles) {
  const groups = new Map();
  for (const box of boxes) {
    const style = styles.get(box.class);
    if (!groups.has(box.class)) groups.set(box.class, { ...style, boxes: [], text: () => style.name });
    groups.get(box.class).boxes.push(box);
  }
  return [...groups.values()];
}

function inHand(current) {
  const drawn = state.draftBox(current);
  if (drawn) return { ...drawn, class: current.active };
  return current.edit?.box ?? state.selectedBox(current);
}

// `desk` as in tools/bounding_box.js; `cursorAt(point, event)` says what the pointer would do there.
export function createScene(desk, cursorAt, url) {
  const { stage, styles } = desk;
  const canvas = createCanvas(stage.layer);
  const overlay = createOverlay(stage.layer);
  const loupe = createLoupe(stage.layer, url);
  let painted = {};

  // The canvas is painted again only if what lies on it changed or the picture moved.
  function paintCanvas(current) {
    const now = { boxes: current.boxes, hidden: current.selected, view: stage.view, room: stage.room };
    if (Object.keys(now).every((name) => now[name] === painted[name])) return;
    painted = now;
    canvas.draw(groupsOf(now.boxes, styles), now.view, now.room, now.hidden);
  }

  function paintCross(current) {
    const { mouse } = desk;
    const byKeyboard = !mouse && Boolean(current.cross);
    const point = byKeyboard ? toScreen(stage.view, current.cross) : mouse?.point;
    const cursor = mouse ? cursorAt(mouse.point, mouse.event) : "";
    stage.node.style.cursor = stage.hand ? "" : cursor;
    const drawn = point && !stage.hand && (byKeyboard || !cursor);
    const style = styles.get(current.active);
    const text = drawn && !current.draft ? style.name : "";
    overlay.showCross(drawn ? point : null, { color: style.color, text, room: stage.room, byKeyboard });
  }

  function paint() {
    const current = desk.get();
    paintCanvas(current);
    const held = inHand(current);
    const at = held && boxToScreen(stage.view, held);
    const style = held && styles.get(held.class);
    overlay.showShape(at, held ? { ...style, text: `${style.name}  ${sizeText(held)}`, drafting: !held.id } : {});
    paintCross(current);
    const { view, size, room } = stage;
    loupe.show(desk.finger, { view, size, room, box: at, color: style?.color });
  }

  const forget = () => {
    painted = {};
  };

  return { paint, forget };
}
