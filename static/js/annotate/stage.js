// The stage: a picture that can be zoomed and panned, and room for what is drawn over it.
// The picture is an <img> moved by a CSS transform; every change is painted once, in the next animation frame.

import { attachPointer } from "./pointer.js";
import * as view from "./view.js";
import { button, el } from "./dom.js";

const ZOOM_STEP = 1.3;
// From this scale on single pixels are wanted, not a blur between them.
const SHARP_FROM = 4;

// {width, height} of an item's picture, null where only the file knows.
export const sizeOf = (item) => (item.width && item.height ? { width: item.width, height: item.height } : null);

// `size` is {width, height} of the picture, or null when only the file knows. `paint()` is called once a frame in
// which anything changed. `begin`, `hover`, `leave` as in pointer.js.
export function createStage({ url, size, label, describedBy, onPaint, onReady, begin, hover, leave, wheelAllowed }) {
  const image = el("img", { class: "stage-image", alt: "", draggable: "false", decoding: "async" });
  const layer = el("div", { class: "stage-layer" });
  const failure = el(
    "div",
    { class: "stage-failure", hidden: true },
    el("p", {}, "The picture could not be loaded."),
    el("button", { type: "button", class: "tool-button is-text", onclick: () => load() }, "Try again"),
  );
  const node = el(
    "div",
    { class: "stage", tabindex: "0", role: "application", "aria-label": label, "aria-describedby": describedBy },
    el("div", { class: "stage-turn" }, image, layer),
    failure,
  );
  const stage = {
    node,
    image,
    layer,
    size: size ?? { width: 1, height: 1 },
    outer: { width: 1, height: 1 },
    room: { width: 1, height: 1 }, // `outer`, for those who know of no quarter turns
    turns: 0,
    region: undefined, // the part that `fit` shows; the whole picture where there is none
    view: { scale: 1, x: 0, y: 0 },
    fitted: true,
    loaded: false,
    failed: false,
    hand: false,
  };

  let frame = 0;
  stage.repaint = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      paintImage();
      onPaint?.();
    });
  };

  let shown = {};

  // Written only where something changed: a frame of a drag moves what is drawn, not the picture.
  function paintImage() {
    const { scale, x, y } = stage.view;
    node.classList.toggle("is-hand", stage.hand);
    if (shown.view === stage.view && shown.size === stage.size) return;
    shown = { view: stage.view, size: stage.size };
    image.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    image.style.width = `${stage.size.width}px`;
    image.style.height = `${stage.size.height}px`;
    image.classList.toggle("is-sharp", scale >= SHARP_FROM);
  }

  function show(next, fitted = false) {
    stage.view = next;
    stage.fitted = fitted;
    stage.repaint();
  }

  // A quarter turn clockwise; what lies on the stage turns with the picture, whose pixels stay what they are.
  stage.turn = () => {
    stage.turns = (stage.turns + 1) % 4;
    arrange();
    stage.fit();
  };
  stage.fit = () => show(view.fit(stage.room, stage.size, view.PADDING, stage.region), true);
  stage.panBy = (dx, dy) => show(view.panBy(stage.view, dx, dy, stage.room, stage.size));
  stage.zoomAt = (factor, at) => show(view.zoomAt(stage.view, factor, at, stage.room, stage.size));
  stage.zoomStep = (direction) =>
    stage.zoomAt(ZOOM_STEP ** direction, { x: stage.room.width / 2, y: stage.room.height / 2 });
  stage.reveal = (box) => {
    const next = view.reveal(stage.view, box, stage.room, stage.size);
    if (next.x !== stage.view.x || next.y !== stage.view.y) show(next, stage.fitted);
  };
  stage.toPicture = (point) => view.toPicture(stage.view, point);
  stage.centre = () => {
    const at = stage.toPicture({ x: stage.room.width / 2, y: stage.room.height / 2 });
    return {
      x: Math.min(Math.max(at.x, 0), stage.size.width),
      y: Math.min(Math.max(at.y, 0), stage.size.height),
    };
  };

  const pointer = attachPointer(node, {
    unturned: (point) => view.unturned(stage.turns, point, stage.outer),
    begin: (point, event) => begin?.(point, event) ?? null,
    hover: (point, event) => hover?.(point, event),
    leave: () => leave?.(),
    panBy: stage.panBy,
    zoomAt: stage.zoomAt,
    handHeld: () => stage.hand,
    wheelAllowed: (event) => wheelAllowed?.(event) ?? true,
  });

  function arrange() {
    stage.room = view.turnedRoom(stage.turns, stage.outer);
    const { style } = image.parentElement;
    style.width = `${stage.room.width}px`;
    style.height = `${stage.room.height}px`;
    style.transform = view.turnStyle(stage.turns, stage.outer);
  }

  const resized = new ResizeObserver(([entry]) => {
    const before = stage.room;
    const { width, height } = entry.contentRect;
    if (!width || !height) return;
    stage.outer = { width, height };
    arrange();
    pointer.forget();
    if (stage.fitted) stage.fit();
    else show(view.recentre(stage.view, before, stage.room, stage.size));
  });
  resized.observe(node);

  image.addEventListener("load", () => {
    stage.loaded = true;
    stage.failed = false;
    failure.hidden = true;
    if (!size) {
      // An SVG without a size of its own has none here either.
      stage.size = { width: image.naturalWidth || 1000, height: image.naturalHeight || 1000 };
      stage.fit();
    }
    node.classList.add("is-loaded");
    onReady?.();
  });
  image.addEventListener("error", () => {
    stage.failed = true;
    failure.hidden = false;
    onReady?.();
  });

  function load() {
    failure.hidden = true;
    image.removeAttribute("src");
    image.src = url;
  }
  load();

  stage.destroy = () => {
    resized.disconnect();
    pointer.detach();
    cancelAnimationFrame(frame);
  };
  return stage;
}

// The wheel belongs to the picture once the tool has the focus, or where there is nothing to scroll anyway.
export function wheelBelongsTo(root) {
  return (event) => {
    const page = root.ownerDocument.scrollingElement;
    return event.ctrlKey || root.contains(root.ownerDocument.activeElement) || page.scrollHeight <= page.clientHeight;
  };
}

// Buttons to look closer, for every tool with a picture. `after(event)` comes once the picture has changed.
export function viewButtons(stage, after = () => {}) {
  const zoom = (change) => (event) => {
    change();
    after(event);
  };
  return [
    button("minus", "Zoom out", zoom(() => stage.zoomStep(-1)), { key: "-" }),
    button("fit", "Whole picture", zoom(stage.fit), { key: "0" }),
    button("plus", "Zoom in", zoom(() => stage.zoomStep(1)), { key: "+" }),
  ];
}
