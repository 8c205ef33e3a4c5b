// Marking regions of a sound or a film: by drag, or by I and O while it plays; a class a region, and what is said in it.

import { button, el } from "../annotate/dom.js";
import { createClassbar } from "../annotate/classbar.js";
import * as history from "../annotate/history.js";
import { wheelBelongsTo } from "../annotate/stage.js";
import { stylesOf } from "../annotate/styles.js";
import { classKeys } from "./choice.js";
import { clockOf, secondsOf } from "./clock.js";
import { createFrame, freshId, isClosed } from "./frame.js";
import { LONGEST, loadPeaks } from "./peaks.js";
import { PLAYER_KEYS, createPlayer } from "./player.js";
import { letterKeys, used, zooming } from "./recording_keys.js";
import { createRegionList } from "./region_list.js";
import { added, answered, changed, neighbour, pulled, removed, twins, worked } from "./regions.js";
import { createTimeline } from "./timeline.js";

const NUDGE = { fine: 20, coarse: 200 };
const SEEK = { fine: 1000, coarse: 5000 };
const LOOP = "M5 8a4 4 0 0 1 4-4h6M12.5 1.5 15 4l-2.5 2.5M15 12a4 4 0 0 1-4 4H5M7.5 18.5 5 16l2.5-2.5";
const BEGIN = "M7 4v12M7 4h4M7 16h4M13 10h4";
const END = "M13 4v12M13 4H9M13 16H9M3 10h4";

// sort: "audio" or "video"; field: the answer's list ("regions", "segments").
export function createSegments(root, kind, options, { sort, field }) {
  const { question, item, mediaUrl, draft, onChange, layers } = options;
  const closed = isClosed(options);
  const id = freshId("prompt");
  const styles = stylesOf(question.classes);
  const least = question.shortest;
  const transcribe = Boolean(question.transcribe);
  const word = sort === "audio" ? "region" : "segment";
  let past = history.start(worked(draft?.[field], styles));
  let active = question.classes[0].key;
  let chosen = null;
  let edge = null;
  let begun = null; // where I was pressed
  let drawn = null; // what a drag covers so far

  let timeline = null;
  const regions = () => past.present;
  const told = el("p", { class: "tool-status", role: "status" });
  const say = (text) => {
    told.textContent = text;
  };
  const player = createPlayer({
    sort,
    url: mediaUrl,
    milliseconds: item.milliseconds,
    onTime: (at) => {
      timeline?.playing(at);
      if (begun !== null) timeline?.repaint();
    },
    onLength: () => timeline?.repaint(),
    onUsed: () => timeline?.focus(),
  });
  const nameOf = (region) => styles.get(region.class).name;

  function seen() {
    if (!layers?.length) return regions().map((one) => shownAs(one, nameOf(one)));
    return layers.flatMap((layer, lane) => worked(layer.answer?.[field], styles).map((one) => ({ ...shownAs(one, `${layer.label}: ${nameOf(one)}`), lane })));
  }
  const shownAs = (one, label) => {
    const { color, dash } = styles.get(one.class);
    return { id: one.id, start: one.start, end: one.end, color, dash, label };
  };
  let shownNow = seen();

  timeline = createTimeline({
    ask: () => ({
      regions: shownNow,
      chosen,
      edge,
      draft: drawn ?? (begun === null ? null : { start: Math.min(begun, player.at()), end: Math.max(begun, player.at()) }),
      at: player.at(),
      total: player.total(),
    }),
    label: `${sort === "audio" ? "Sound" : "Film"} from left to right. Space plays; I and O mark where a ${word} begins and ends; comma and full stop go from one to the next.`,
    wave: sort === "audio",
    closed,
    wheelAllowed: wheelBelongsTo(root),
    onSeek: (ms) => player.seek(ms),
    onChoose: (one) => choose(one),
    onDraw(span, { done }) {
      drawn = done ? null : span;
      if (done) make(span);
      else timeline.repaint();
    },
    onPull: (one, side, ms, { done }) => {
      edge = side;
      change(pulled(regions(), one, side, ms, least, player.total()), `pull ${one} ${side}`);
      if (done) past = history.settle(past);
    },
  });
  if (sort === "audio" && !(item.milliseconds > LONGEST)) loadPeaks(mediaUrl, item.milliseconds).then((found) => found && timeline.setPeaks(found.peaks));

  const list = createRegionList({
    styles,
    word,
    transcribe,
    closed,
    onChoose: (one) => {
      choose(one, { seek: true });
    },
    onPlay: (region) => player.playRange(region),
    onRemove: (one) => remove(one),
    onText: (one, text) => change(changed(regions(), one, { text }), `text ${one}`),
  });
  const classbar = createClassbar({ label: "Class", classes: question.classes, styles, onChoose: (key, event) => pick(key, event) });
  const tools = {
    begin: button(BEGIN, `A ${word} begins here`, () => begin(), { key: "I" }),
    end: button(END, `It ends here`, () => end(), { key: "O" }),
    loop: button(LOOP, `Play the ${word} again and again`, () => loop(), { key: "L", toggle: true }),
    undo: button("undo", "Undo", () => step(history.undo), { key: "Ctrl+Z" }),
    redo: button("redo", "Redo", () => step(history.redo), { key: "Ctrl+Shift+Z" }),
  };

  const valueOf = () => ({ [field]: answered(regions(), transcribe) });

  function show() {
    shownNow = seen();
    timeline.repaint();
    list.update(layers?.length ? [] : regions(), chosen);
    classbar.update(regions().find((one) => one.id === chosen)?.class ?? active);
    tools.undo.disabled = !history.canUndo(past);
    tools.redo.disabled = !history.canRedo(past);
    tools.end.disabled = begun === null && chosen === null;
    tools.loop.disabled = chosen === null;
    tools.loop.setAttribute("aria-pressed", String(player.looping));
  }

  function change(next, topic = null) {
    if (closed || next === regions()) return;
    past = history.record(past, next, topic);
    show();
    onChange?.(valueOf());
  }

  function step(way) {
    const before = past;
    past = way(past);
    if (past === before) return;
    if (!regions().some((one) => one.id === chosen)) chosen = null;
    show();
    onChange?.(valueOf());
  }

  function choose(one, { seek = false } = {}) {
    if (one !== chosen) player.stopLoop();
    chosen = one;
    edge = null;
    past = history.settle(past);
    const region = regions().find((row) => row.id === one);
    if (region && seek) player.seek(region.start);
    if (region) say(`${nameOf(region)}, ${clockOf(region.start)} to ${clockOf(region.end)}`);
    show();
  }

  function make(span) {
    const made = added(regions(), active, span, least, player.total() || span.end);
    if (!made) {
      say(`A ${word} lasts at least ${secondsOf(least)}.`);
      timeline.repaint();
      return;
    }
    chosen = made.id;
    edge = null;
    change(made.regions);
    say(`${styles.get(active).name}, ${clockOf(span.start)} to ${clockOf(span.end)}`);
  }

  function begin() {
    if (closed) return;
    begun = player.at();
    chosen = null;
    say(`Begins at ${clockOf(begun)}; press O where it ends.`);
    show();
  }

  // Ends what I began; with nothing begun the region in hand ends here.
  function end() {
    if (closed) return;
    if (begun !== null) {
      const [from, to] = [Math.min(begun, player.at()), Math.max(begun, player.at())];
      begun = null;
      make({ start: from, end: to });
      show();
    } else if (chosen !== null) {
      change(pulled(regions(), chosen, "end", player.at(), least, player.total()));
    } else say("Press I where it begins first.");
  }

  function loop() {
    const region = regions().find((one) => one.id === chosen);
    if (!region) return false;
    if (player.looping) player.stopLoop();
    else player.playRange(region, true);
    show();
    return true;
  }

  function remove(one = chosen) {
    if (one === null || closed) return false;
    const next = neighbour(regions(), one, 1);
    change(removed(regions(), one));
    chosen = next === one ? null : next;
    say(`The ${word} was removed.`);
    show();
    return true;
  }

  function pick(key, event) {
    active = key;
    if (chosen !== null && !closed) change(changed(regions(), chosen, { class: key }));
    show();
    if (event?.detail > 0) timeline.focus();
  }

  function arrow({ x, y, big }) {
    if (y && chosen !== null && !closed) {
      edge = y < 0 ? "start" : "end";
      const region = regions().find((one) => one.id === chosen);
      say(`The ${edge} is in hand, at ${clockOf(region[edge])}: left and right move it.`);
      show();
      return true;
    }
    if (!x) return false;
    const region = regions().find((one) => one.id === chosen);
    if (edge && region) {
      const at = region[edge] + x * (big ? NUDGE.coarse : NUDGE.fine);
      change(pulled(regions(), chosen, edge, at, least, player.total()), `nudge ${chosen} ${edge}`);
      const now = regions().find((one) => one.id === chosen)[edge];
      player.seek(now);
      say(clockOf(now));
    } else player.seek(player.at() + x * (big ? SEEK.coarse : SEEK.fine));
    return true;
  }

  function turn(by) {
    const next = neighbour(regions(), chosen, by);
    if (next === null) return false;
    choose(next, { seek: true });
    return true;
  }

  function letGo() {
    if (begun !== null) begun = null;
    else if (edge) edge = null;
    else if (chosen !== null) choose(null);
    else return false;
    show();
    return true;
  }

  const commands = {
    hand: used(player.toggle),
    arrow,
    next: () => turn(1),
    previous: () => turn(-1),
    delete: () => remove(),
    undo: used(() => step(history.undo)),
    redo: used(() => step(history.redo)),
    escape: letGo,
    ...zooming(timeline),
  };
  const letters = {
    i: begin,
    o: end,
    l: loop,
    s: () => player.faster(-1),
    f: () => player.faster(1),
    ...(transcribe ? { t: () => list.write(chosen) } : {}),
  };

  const view = [
    button("minus", "Zoom out", () => timeline.zoom(1 / 1.5), { key: "-" }),
    button("fit", "The whole recording", timeline.fit, { key: "0" }),
    button("plus", "Zoom in", () => timeline.zoom(1.5), { key: "+" }),
  ];
  if (!closed) player.bar.append(tools.begin, tools.end, tools.loop);
  const content = {
    media: sort,
    node: el("div", { class: "recording" }, sort === "video" ? el("div", { class: "recording-film" }, player.media) : player.media, timeline.node, player.bar, player.failure, list.node),
    keys: [...PLAYER_KEYS, [["+", "−", "0"], "Zoom in, out, the whole recording"]],
    buttons: closed ? view : [tools.undo, tools.redo, ...view],
    onCommand: (command) => commands[command.type]?.(command) ?? false,
    focus: timeline.focus,
    destroy() {
      player.destroy();
      timeline.destroy();
    },
  };
  const frame = createFrame(root, options, content, {
    id,
    kind,
    classes: ["tool-recording", "tool-segments"],
    node: el("div", { class: "segments-side" }, classbar.node, told),
    keys: [
      ...classKeys(question.classes),
      [["I", "O"], `A ${word} begins, ends where it plays`],
      [["←", "→"], "A second back, on; with Shift five"],
      [[",", "."], `The ${word} before, after`],
      [["↑", "↓"], "Take its start, its end in hand: ← and → move it"],
      [["L"], "Play it again and again"],
      ...(transcribe ? [[["T"], "Write what is said in it; Esc leaves the field"]] : []),
      [["Delete"], "Remove it"],
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
      if (player.failed) return [{ code: "no_recording", message: "The recording could not be loaded.", blocking: true }];
      const found = [];
      if (!regions().length) found.push({ code: "nothing_marked", message: "You marked nothing. Is there really nothing to mark?" });
      if (begun !== null) found.push({ code: "unfinished", message: `A ${word} was begun and has no end.` });
      const doubled = twins(regions());
      if (doubled.length) found.push({ code: "identical_regions", message: `Two ${word}s are the same. Hand in all the same?`, show: () => choose(doubled[0].id, { seek: true }) });
      return found;
    },
    setValue(next) {
      past = history.start(worked(next?.[field], styles));
      [chosen, edge, begun] = [null, null, null];
      show();
    },
    letters: [...Object.keys(letters), ...question.classes.map((row) => row.hotkey).filter(Boolean)],
    focus: content.focus,
    destroy: frame.destroy,
  };
}
