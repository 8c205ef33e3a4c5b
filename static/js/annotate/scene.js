// One frame of the shapes: what lies on the canvas, the shape in hand, the crosshair, the loupe.

import { createCanvas, createCross, groupsOf } from "./render.js";
import * as state from "./state.js";
import { marksOf } from "./styles.js";
import { boxToScreen, toScreen } from "./view.js";

function inHand(current) {
  const drawn = state.draftShape(current);
  if (drawn) return { ...drawn, class: current.active };
  return current.draft ? null : (current.edit?.shape ?? state.selectedShape(current));
}

// `desk` as in editor.js; `cursorAt(point, event)` says what the pointer would do there.
export function createScene(desk, cursorAt, url) {
  const { stage, styles } = desk;
  const { form } = desk.get();
  const canvas = createCanvas(stage.layer);
  const cross = createCross(stage.layer);
  const overlay = form.overlay(stage.layer, form);
  let loupe = null;
  let painted = {};

  // The canvas is painted again only if what lies on it changed or the picture moved.
  function paintCanvas(current) {
    const now = { shapes: current.shapes, hidden: current.selected, view: stage.view, room: stage.room };
    if (Object.keys(now).every((name) => now[name] === painted[name])) return;
    painted = now;
    canvas.draw(groupsOf(form, now.shapes, styles), now.view, now.room, now.hidden);
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
    cross.show(drawn ? point : null, { color: style.color, text, room: stage.room, byKeyboard });
  }

  function paint() {
    const current = desk.get();
    paintCanvas(current);
    const held = inHand(current);
    const style = styles.get(held?.class ?? current.active);
    const text = held ? `${style.name}${marksOf(held)}  ${form.size(held)}` : "";
    overlay.show(held, stage.view, { ...style, text, drafting: !held?.id, draft: current.draft, handle: current.handle });
    paintCross(current);
    paintLoupe(held, style.color);
  }

  // Loaded when a finger draws or somebody wants a magnifier.
  function paintLoupe(held, color) {
    const lens = desk.finger ?? (desk.magnifying ? desk.mouse?.point : null);
    if (lens && !loupe) {
      loupe = { show: () => {} };
      import("./loupe.js").then(({ createLoupe }) => {
        loupe = createLoupe(stage.layer, url);
        stage.repaint();
      });
    }
    const { view, size, room } = stage;
    const box = held && boxToScreen(view, form.bounds(held));
    loupe?.show(lens, { view, size, room, box, color, filter: stage.image.style.filter });
  }

  const forget = () => {
    painted = {};
  };

  return { paint, forget };
}
