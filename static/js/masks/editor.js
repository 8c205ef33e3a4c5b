// Painting masks: joins stage, cells, brush, panel and keys.

import { chosen, createPanel } from "./panel.js";
import { createBrush } from "./brush.js";
import { createLayer } from "./layer.js";
import { createSteps } from "./steps.js";
import * as bitmap from "./bitmap.js";
import { pack } from "./rle.js";
import { fill } from "../annotate/dom.js";
import { commandFor, hotkeyMap, listen } from "../annotate/keyboard.js";
import { createStage, sizeOf, wheelBelongsTo } from "../annotate/stage.js";
import { stylesOf } from "../annotate/styles.js";

const LETTERS = { b: "brush", e: "erase", l: "lasso", f: "fill", "[": "smaller", "]": "larger" };
// Arrow keys: pixels of the screen for the brush.
const MOVE = { small: 8, big: 48 };

export const masksIn = (value) => (Array.isArray(value?.masks) ? value.masks.filter((mask) => mask && typeof mask === "object") : []);

// A map with the masks of a value on it; those that do not fit the picture or name no class are left out.
export function mapOf(value, classes, size) {
  const map = bitmap.create(size);
  for (const mask of masksIn(value)) {
    const place = classes.findIndex((row) => row.key === mask.class);
    if (place >= 0) bitmap.put(map, mask, place + 1, size);
  }
  return map;
}

export function valueOf(map, classes) {
  const size = [map.height, map.width];
  const found = bitmap.runs(map, classes.length);
  return { masks: classes.flatMap(({ key }, place) => (found[place] ? [{ class: key, size, counts: pack(found[place]) }] : [])) };
}

export function createEditor(root, options, asked) {
  const { question, item, mediaUrl, exampleUrl, onChange } = options;
  const { classes } = question;
  const styles = stylesOf(classes);
  const desk = { mode: "brush", active: classes[0].key, radius: 0, cursor: null, byKeyboard: false, styles, classes };
  let [map, layer, steps] = [null, null, null];
  let [value, shares] = [null, []];
  let wanted = options.draft ?? item.prediction ?? null;

  const stage = createStage({
    url: mediaUrl,
    size: sizeOf(item),
    label: "Picture to paint on. Press question mark for the keys.",
    describedBy: asked.id,
    onPaint: paint,
    onReady: () => map ?? open(stage.size),
    begin: (point, event) => brush.begin(point, event),
    hover: (point, event) => brush.hover(point, event),
    leave: () => brush.leave(),
    wheelAllowed: wheelBelongsTo(root),
  });
  Object.assign(desk, {
    stage,
    map: () => map,
    steps: () => steps,
    say: (text) => panel.say(text),
    mark: () => classes.findIndex((row) => row.key === desk.active) + 1,
    choose(change) {
      Object.assign(desk, change);
      panel.update();
      stage.repaint();
    },
    // A step has ended: what is there now is the answer.
    changed(text) {
      measure();
      desk.say(text);
      panel.update();
      onChange?.(value);
    },
    shares: () => shares,
  });
  const brush = createBrush(desk);
  const panel = createPanel(desk, { question, exampleUrl, act: (type) => commands[type]({ type }) });

  function measure() {
    value = valueOf(map, classes);
    shares = chosen(value, map, classes);
  }

  function open(size) {
    map = mapOf(wanted, classes, size);
    layer?.canvas.remove();
    layer = createLayer(stage.layer, map, classes.map(({ key }) => styles.get(key)));
    stage.layer.prepend(layer.canvas);
    layer.draw(bitmap.whole(map));
    steps = createSteps(map, layer.draw);
    desk.radius ||= Math.max(1, Math.round(Math.min(size.width, size.height) / 40));
    measure();
    panel.update();
    stage.repaint();
  }

  function paint() {
    layer?.place(stage.view);
    brush.paint();
  }

  function back(which, told) {
    brush.drop();
    if (steps[which]()) desk.changed(told);
  }

  const commands = {
    none: () => {},
    class: (command) => {
      desk.choose({ active: command.class, mode: desk.mode === "erase" ? "brush" : desk.mode });
      desk.say(`Painting ${styles.get(command.class).name}.`);
    },
    brush: () => brush.mode("brush"),
    erase: () => brush.mode("erase"),
    lasso: () => brush.mode("lasso"),
    fill() {
      steps.begin();
      steps.touch(bitmap.fillEnclosed(map, desk.mark()));
      const { name } = styles.get(desk.active);
      if (steps.end()) desk.changed(`What ${name} encloses is filled.`);
      else desk.say(`${name} encloses nothing that is empty.`);
    },
    smaller: () => brush.resize(1 / 1.25),
    larger: () => brush.resize(1.25),
    delete: () => brush.back(),
    enter: () => brush.enter(),
    escape: () => brush.drop(),
    undo: () => back("undo", "Undone."),
    redo: () => back("redo", "Done again."),
    "zoom-in": () => stage.zoomStep(1),
    "zoom-out": () => stage.zoomStep(-1),
    fit: () => stage.fit(),
    next: () => {},
    previous: () => {},
    help: () => panel.showKeys(),
    hand: () => brush.space(),
    arrow({ x, y, big, resize }) {
      const by = resize ? 1 : (big ? MOVE.big : MOVE.small) / stage.view.scale;
      brush.step(x * by, y * by);
    },
  };
  const hotkeys = hotkeyMap(classes);
  const deafen = listen(root, (event) => {
    const command = map && commandFor(event, hotkeys, LETTERS);
    if (!command) return false;
    commands[command.type](command);
    return true;
  });
  const released = (event) => {
    if (event.type === "blur" || event.key === " ") brush.release();
  };
  document.addEventListener("keyup", released);
  window.addEventListener("blur", released);
  fill(root, asked.node, stage.node, panel.node, panel.dialogs);
  if (sizeOf(item)) open(stage.size);
  desk.say(panel.how);

  return {
    letters: [...hotkeys.keys(), ...Object.keys(LETTERS)],
    value: () => value,
    problems() {
      const found = [];
      const note = (code, message, blocking = false) => found.push({ code, message, blocking });
      if (stage.failed) note("no_picture", "The picture could not be loaded.", true);
      if (brush.unfinished()) note("unfinished", "An outline is begun but not ended.");
      if (!value?.masks.length) note("nothing_drawn", "You painted nothing. Is there really nothing to mark?");
      return found;
    },
    setValue(next) {
      wanted = next;
      if (map) open(stage.size);
    },
    focus: () => stage.node.focus({ preventScroll: true }),
    destroy() {
      deafen();
      document.removeEventListener("keyup", released);
      window.removeEventListener("blur", released);
      stage.destroy();
    },
  };
}
