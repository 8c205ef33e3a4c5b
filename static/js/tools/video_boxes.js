// Boxes in a film: drawn on some frames, moving by themselves between them. One track a thing.

import { button, el } from "../annotate/dom.js";
import { createClassbar } from "../annotate/classbar.js";
import * as history from "../annotate/history.js";
import { wheelBelongsTo } from "../annotate/stage.js";
import { stylesOf } from "../annotate/styles.js";
import { classKeys } from "./choice.js";
import { clockOf } from "./clock.js";
import { createFilmBoxes } from "./film_boxes.js";
import { createFrame, freshId, isClosed } from "./frame.js";
import { createPlayer } from "./player.js";
import { letterKeys, used, zooming } from "./recording_keys.js";
import { createRegionList } from "./region_list.js";
import { neighbour } from "./regions.js";
import { createTimeline } from "./timeline.js";
import { answered, begun, boxAt, classed, dragged, ended, frameAt, keyBeside, largeEnough, momentOf, placed, removed, without, worked } from "./tracks.js";

const STEP = { back: "M13 5l-6 5 6 5M5 5v10", on: "M7 5l6 5-6 5M15 5v10", key: "M10 3l6 7-6 7-6-7z", end: "M13 4v12M13 4H9M13 16H9M3 10h4" };
const NUDGE = { fine: 1, coarse: 10 };

export function mount(root, options) {
  const { question, item, mediaUrl, draft, onChange, layers } = options;
  const closed = isClosed(options);
  const id = freshId("prompt");
  const styles = stylesOf(question.classes);
  const size = { width: item.width, height: item.height };
  const { rate, min_size: least } = question;
  let past = history.start(worked(draft?.tracks, styles));
  let active = question.classes[0].key;
  let chosen = null;
  let timeline = null;
  let film = null;

  const others = (layers ?? []).flatMap((layer, lane) => worked(layer.answer?.tracks, styles).map((track) => ({ ...track, lane, whose: `${layer.label}: ` })));
  const tracks = () => (layers?.length ? others : past.present);
  const trackOf = (one) => tracks().find((track) => track.id === one);
  const told = el("p", { class: "tool-status", role: "status" });
  const say = (text) => (told.textContent = text);
  const player = createPlayer({
    sort: "video",
    url: mediaUrl,
    milliseconds: item.milliseconds,
    onTime: (at) => {
      timeline?.playing(at);
      film?.paint();
    },
    onLength: () => timeline?.repaint(),
    onUsed: () => film?.focus(),
  });
  const now = () => momentOf(frameAt(player.at(), rate), rate);
  // In the middle of a frame, so that no rounding shows the one before it.
  const go = (at) => player.seek(at + 500 / rate);
  const nameOf = (track) => `${track.whose ?? ""}${styles.get(track.class).name}`;

  film = createFilmBoxes({
    film: player.media,
    size,
    least,
    closed,
    label: "Film to draw on. Space plays, comma and full stop go from frame to frame, B makes a box.",
    ask() {
      const at = player.media.paused ? now() : player.at();
      const boxes = tracks()
        .map((track) => ({ track, ...boxAt(track, at) }))
        // What has ended is still to be seen while it is chosen: dragged on, it goes on.
        .filter(({ track, state }) => state === "key" || state === "between" || (track.id === chosen && !closed))
        .map(({ track, box, state }) => ({ id: track.id, box, color: styles.get(track.class).color, dash: styles.get(track.class).dash, label: `${nameOf(track)}${state === "key" ? " ◆" : ""}`, faint: state === "before" || state === "after" }));
      return { boxes, chosen, color: styles.get(active).color };
    },
    onChoose: (one) => choose(one),
    onDraw: (box, large) => (large ? draw(box) : say(`Too small: a box needs at least ${least} pixels on each side.`)),
    onMove: (one, box) => change(placed(past.present, one, now(), box)),
  });
  timeline = createTimeline({
    ask: () => ({
      regions: tracks().map((track) => ({ id: track.id, start: track.frames[0].at, end: track.frames.at(-1).at + 1000 / rate, color: styles.get(track.class).color, dash: styles.get(track.class).dash, label: nameOf(track), ...(track.lane === undefined ? {} : { lane: track.lane }) })),
      chosen,
      edge: null,
      draft: null,
      at: player.at(),
      total: player.total(),
    }),
    label: "The film from left to right, a bar for each thing that is followed.",
    wave: false,
    closed: true,
    wheelAllowed: wheelBelongsTo(root),
    onSeek: (ms) => player.seek(ms),
    onChoose: (one) => choose(one),
    onDraw: () => {},
    onPull: () => {},
  });
  const list = createRegionList({
    styles,
    word: "track",
    transcribe: false,
    closed,
    onChoose: (one) => choose(one, { seek: true }),
    onPlay: (row) => player.playRange(row),
    onRemove: (one) => remove(one),
    onText: () => {},
  });
  const classbar = createClassbar({ label: "Class", classes: question.classes, styles, onChoose: (key, event) => pick(key, event) });
  const tools = {
    back: button(STEP.back, "One frame back", () => step(-1), { key: "," }),
    on: button(STEP.on, "One frame on", () => step(1), { key: "." }),
    key: button(STEP.key, "Key frame here, or none", () => toggleKey(), { key: "K" }),
    end: button(STEP.end, "The track ends here", () => end(), { key: "O" }),
    undo: button("undo", "Undo", () => travel(history.undo), { key: "Ctrl+Z" }),
    redo: button("redo", "Redo", () => travel(history.redo), { key: "Ctrl+Shift+Z" }),
  };
  const valueOf = () => ({ tracks: answered(past.present) });

  function show() {
    film.paint();
    timeline.repaint();
    list.update(tracks().map((track) => ({ id: track.id, class: track.class, start: track.frames[0].at, end: track.frames.at(-1).at + 1000 / rate, text: "" })), chosen);
    classbar.update(trackOf(chosen)?.class ?? active);
    tools.undo.disabled = !history.canUndo(past);
    tools.redo.disabled = !history.canRedo(past);
    tools.key.disabled = tools.end.disabled = chosen === null;
  }

  function change(next, topic = null) {
    if (closed || next === past.present) return;
    past = history.record(past, next, topic);
    show();
    onChange?.(valueOf());
  }

  function travel(way) {
    const before = past;
    past = way(past);
    if (past === before) return;
    if (!trackOf(chosen)) chosen = null;
    show();
    onChange?.(valueOf());
  }

  function choose(one, { seek = false } = {}) {
    chosen = one;
    past = history.settle(past);
    const track = trackOf(one);
    if (track) {
      if (seek) go(track.frames[0].at);
      say(`${nameOf(track)}, ${clockOf(track.frames[0].at)} to ${clockOf(track.frames.at(-1).at)}, key frames: ${track.frames.length}`);
    }
    show();
  }

  function draw(box) {
    player.media.pause();
    const made = begun(past.present, active, now(), box);
    chosen = made.id;
    change(made.tracks);
    say(`${styles.get(active).name} begins. Go on with full stop and move its box where it is then.`);
  }

  // By key alone: a box in the middle, a quarter of the picture wide.
  function drawMiddle() {
    const [w, h] = [Math.max(size.width / 4, least), Math.max(size.height / 4, least)];
    const box = { x1: (size.width - w) / 2, y1: (size.height - h) / 2, x2: (size.width + w) / 2, y2: (size.height + h) / 2 };
    if (largeEnough(box, least, size)) draw(box);
  }

  function toggleKey() {
    const track = trackOf(chosen);
    if (!track) return;
    const { box, state } = boxAt(track, now());
    if (state !== "key") change(placed(past.present, chosen, now(), box));
    else if (track.frames.length > 1) change(without(past.present, chosen, now()));
    else say("This is its only key frame: Delete removes the track.");
  }

  function end() {
    if (trackOf(chosen)) change(ended(past.present, chosen, now()));
  }

  function remove(one = chosen) {
    if (one === null || closed) return false;
    change(removed(past.present, one));
    if (chosen === one) chosen = null;
    say("The track was removed.");
    show();
    return true;
  }

  function step(by) {
    player.media.pause();
    go(momentOf(Math.max(frameAt(player.at(), rate) + by, 0), rate));
    say(clockOf(now()));
    return true;
  }

  function jump(by) {
    const at = trackOf(chosen) && keyBeside(trackOf(chosen), now(), by);
    if (at !== null && at !== undefined) go(at);
  }

  function turn(by) {
    const next = neighbour(tracks(), chosen, by);
    if (next !== null) choose(next, { seek: true });
  }

  function pick(key, event) {
    active = key;
    if (chosen !== null && !closed) change(classed(past.present, chosen, key));
    show();
    if (event?.detail > 0) film.focus();
  }

  // Arrows move the box in hand, with Ctrl its lower right corner; without one they go through the film.
  function arrow({ x, y, big, resize }) {
    const track = trackOf(chosen);
    if (!track || closed) {
      if (x) player.seek(player.at() + x * (big ? 5000 : 1000));
      return Boolean(x);
    }
    const by = big ? NUDGE.coarse : NUDGE.fine;
    const { box } = boxAt(track, now());
    change(placed(past.present, chosen, now(), dragged(box, resize ? "se" : "", x * by, y * by, size, least)), `nudge ${chosen} ${now()} ${resize}`);
    return true;
  }

  const commands = {
    hand: used(player.toggle),
    arrow,
    next: () => step(1),
    previous: () => step(-1),
    delete: () => remove(),
    undo: used(() => travel(history.undo)),
    redo: used(() => travel(history.redo)),
    escape: () => chosen !== null && (choose(null), true),
    ...zooming(timeline),
  };
  const letters = { b: drawMiddle, k: toggleKey, o: end, n: () => turn(1), "[": () => jump(-1), "]": () => jump(1), s: () => player.faster(-1), f: () => player.faster(1) };

  if (closed) player.bar.append(tools.back, tools.on);
  else player.bar.append(tools.back, tools.on, tools.key, tools.end);
  const content = {
    media: "video",
    node: el("div", { class: "recording" }, film.node, timeline.node, player.bar, player.failure, list.node),
    keys: [[["Space"], "Play or pause"], [["S", "F"], "Slower, faster"]],
    buttons: closed ? [] : [tools.undo, tools.redo],
    onCommand: (command) => commands[command.type]?.(command) ?? false,
    focus: film.focus,
    destroy() {
      player.destroy();
      timeline.destroy();
      film.destroy();
    },
  };
  const frame = createFrame(root, options, content, {
    id,
    kind: "video_boxes",
    classes: ["tool-recording", "tool-segments"],
    node: el("div", { class: "segments-side" }, classbar.node, told),
    keys: [
      ...classKeys(question.classes),
      [[",", "."], "One frame back, on"],
      [["B"], "A new box in the middle, to be moved by key"],
      [["←", "↑", "→", "↓"], "Move the box in hand; with Ctrl resize it, with Shift by ten"],
      [["K"], "Key frame here, or none"],
      [["O"], "The track ends here"],
      [["[", "]"], "The key frame before, after"],
      [["N"], "The next track"],
      [["Delete"], "Remove the track"],
      [["Ctrl", "Z"], "Undo"],
      [["Enter"], "Hand in"],
    ],
    onKey: (key) => pick(key),
    onOther: letterKeys(letters),
  });
  show();

  return {
    value: valueOf,
    problems() {
      if (player.failed) return [{ code: "no_recording", message: "The film could not be loaded.", blocking: true }];
      if (!past.present.length) return [{ code: "nothing_drawn", message: "You drew no box. Is there really nothing to follow?" }];
      const short = past.present.find((track) => track.frames.length === 1);
      return short ? [{ code: "one_frame", message: `${nameOf(short)} at ${clockOf(short.frames[0].at)} is on one frame alone. Is it gone on the next?`, show: () => choose(short.id, { seek: true }) }] : [];
    },
    setValue(next) {
      past = history.start(worked(next?.tracks, styles));
      chosen = null;
      show();
    },
    letters: [...Object.keys(letters), ...question.classes.map((row) => row.hotkey).filter(Boolean)],
    focus: content.focus,
    destroy: frame.destroy,
  };
}
