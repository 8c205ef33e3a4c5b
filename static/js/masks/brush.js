// What pointer and keys do with the brush: strokes, outlines, and the circle that shows where they will be.

import { polygon, stroke } from "./bitmap.js";
import { el } from "../annotate/dom.js";
import { clamp } from "../annotate/numbers.js";
import { toScreen } from "../annotate/view.js";

const SVG = "http://www.w3.org/2000/svg";
const CLOSE = 12; // screen pixels around an outline's first point
const TOLD = {
  brush: "Brush: paint with the mouse, or with the arrows and Space.",
  erase: "Eraser.",
  lasso: "Outline: drag round a part, or click point after point; the first one again fills it.",
};
const PEN_ERASER = 32; // of event.buttons

export function createBrush(desk) {
  const { stage } = desk;
  const circle = el("div", { class: "mask-brush", hidden: true });
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("class", "mask-outline");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  stage.layer.append(svg, circle);
  let outline = []; // points of the picture, of an outline under construction
  let free = null; // where its next point would be
  let held = null; // {at, erases} of the stroke that Space holds down

  const cellsOf = ({ x, y }) => ({ x: x / desk.map().step, y: y / desk.map().step });
  const erases = (event) => desk.mode === "erase" || event.shiftKey || Boolean(event.buttons & PEN_ERASER);

  function line(from, to, erasing) {
    const { step } = desk.map();
    desk.steps().touch(stroke(desk.map(), cellsOf(from), cellsOf(to), desk.radius / step, erasing ? 0 : desk.mark()));
    desk.cursor = to;
    stage.repaint();
  }

  const ended = (erasing) => {
    if (!desk.steps().end()) return;
    desk.changed(erasing ? "Erased." : `${desk.styles.get(desk.active).name} painted.`);
  };

  function beginStroke(point, event) {
    const erasing = erases(event);
    let last = stage.toPicture(point);
    const on = (to) => {
      const next = stage.toPicture(to);
      line(last, next, erasing);
      last = next;
    };
    desk.steps().begin();
    on(point);
    return {
      move: on,
      end(to) {
        on(to);
        ended(erasing);
        if (event.pointerType === "touch") desk.cursor = null;
        stage.repaint();
      },
      cancel() {
        desk.steps().cancel();
        desk.cursor = null;
        stage.repaint();
      },
    };
  }

  function fillOutline(erasing) {
    const points = outline.map(cellsOf);
    drop();
    if (points.length < 3) return;
    desk.steps().begin();
    desk.steps().touch(polygon(desk.map(), points, erasing ? 0 : desk.mark()));
    ended(erasing);
  }

  // A point of the outline; near the first one, it ends there.
  function place(point, erasing) {
    const first = outline.length > 2 && toScreen(stage.view, outline[0]);
    const at = toScreen(stage.view, point);
    const last = outline.length > 2 && toScreen(stage.view, outline.at(-1));
    const near = (other, reach) => other && Math.hypot(at.x - other.x, at.y - other.y) <= reach;
    if (near(first, CLOSE) || near(last, 2)) fillOutline(erasing);
    else outline.push(point);
    stage.repaint();
  }

  function beginOutline(point, event) {
    const from = stage.toPicture(point);
    let dragged = false;
    return {
      move(to) {
        if (!dragged) outline = [from];
        dragged = true;
        outline.push(stage.toPicture(to));
        stage.repaint();
      },
      end(to, moved) {
        if (moved && dragged) fillOutline(erases(event));
        else place(from, erases(event));
      },
      cancel() {
        if (dragged) drop();
      },
    };
  }

  function drop() {
    if (held) ended(held.erasing);
    held = null;
    if (desk.steps()?.open()) desk.steps().cancel();
    [outline, free] = [[], null];
    stage.repaint();
  }

  function paint() {
    const { scale } = stage.view;
    const at = desk.cursor && desk.map() && !stage.hand ? toScreen(stage.view, desk.cursor) : null;
    const lasso = desk.mode === "lasso";
    circle.hidden = !at;
    stage.node.classList.toggle("is-painting", !lasso);
    if (at) {
      const side = lasso ? 10 : Math.max(2 * desk.radius * scale, 3);
      circle.style.width = circle.style.height = `${side}px`;
      circle.style.transform = `translate(${at.x - side / 2}px, ${at.y - side / 2}px)`;
      circle.style.setProperty("--shape", desk.styles.get(desk.active).color);
      circle.classList.toggle("is-erasing", desk.mode === "erase");
      circle.classList.toggle("is-keyboard", desk.byKeyboard);
    }
    const drawn = free && outline.length ? [...outline, free] : outline;
    const points = drawn.map((point) => toScreen(stage.view, point)).map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`);
    path.setAttribute("d", points.length ? `M${points.join("L")}${points.length > 2 ? "Z" : ""}` : "");
  }

  return {
    paint,
    drop,
    unfinished: () => outline.length > 0,
    begin(point, event) {
      if (!desk.map()) return null;
      desk.byKeyboard = false;
      return desk.mode === "lasso" ? beginOutline(point, event) : beginStroke(point, event);
    },
    hover(point) {
      desk.byKeyboard = false;
      desk.cursor = stage.toPicture(point);
      free = outline.length ? desk.cursor : null;
      stage.repaint();
    },
    leave() {
      desk.cursor = null;
      stage.repaint();
    },
    mode(mode) {
      drop();
      desk.choose({ mode });
      desk.say(TOLD[mode]);
    },
    resize(factor, radius = desk.radius * factor) {
      const { width, height } = stage.size;
      const rounded = factor > 1 ? Math.ceil(radius) : factor < 1 ? Math.floor(radius) : radius;
      desk.choose({ radius: clamp(rounded, 0.5, Math.min(width, height) / 2) });
      desk.say(`Brush: ${Math.max(1, Math.round(2 * desk.radius))} pixels across.`);
    },
    // The point placed last is taken back.
    back() {
      outline.pop();
      stage.repaint();
    },
    enter() {
      if (desk.mode !== "lasso") return;
      if (desk.byKeyboard) place(desk.cursor, false);
      else if (outline.length > 2) fillOutline(false);
    },
    // Space: paints where the keyboard's brush is; with the mouse over the picture it is the hand that moves it.
    space() {
      if (!desk.byKeyboard) {
        stage.hand = true;
        stage.repaint();
      } else if (desk.mode === "lasso") place(desk.cursor, false);
      else if (!held) {
        held = { erasing: desk.mode === "erase" };
        desk.steps().begin();
        line(desk.cursor, desk.cursor, held.erasing);
      }
    },
    release() {
      stage.hand = false;
      if (held) ended(held.erasing);
      held = null;
      stage.repaint();
    },
    step(dx, dy) {
      const from = desk.byKeyboard && desk.cursor ? desk.cursor : stage.centre();
      const first = !desk.byKeyboard;
      const to = { x: clamp(from.x + (first ? 0 : dx), 0, stage.size.width), y: clamp(from.y + (first ? 0 : dy), 0, stage.size.height) };
      desk.byKeyboard = true;
      desk.cursor = to;
      free = outline.length ? to : null;
      stage.reveal({ x1: to.x, y1: to.y, x2: to.x, y2: to.y });
      if (held) line(from, to, held.erasing);
      stage.repaint();
    },
  };
}
