// A sound or a film to judge: played, slowed down, looked at, and nothing marked on it.

import { button, el } from "../annotate/dom.js";
import { wheelBelongsTo } from "../annotate/stage.js";
import { LONGEST, loadPeaks } from "./peaks.js";
import { PLAYER_KEYS, createPlayer } from "./player.js";
import { zooming } from "./recording_keys.js";
import { createTimeline } from "./timeline.js";

const SEEK = { fine: 1000, coarse: 5000 };

// sort: "audio" or "video". `label` names the timeline where there are two; `group` is then one list for both: only one
// plays at a time, and Space is for the one with the focus, or else for the one whose turn it is.
export function createHearing(root, { item, mediaUrl }, { sort, label = sort === "audio" ? "Sound" : "Film", arrows = true, group = [] } = {}) {
  let timeline = null;
  const player = createPlayer({
    sort,
    url: mediaUrl,
    milliseconds: item.milliseconds,
    onTime: (at) => timeline?.playing(at),
    onLength: () => timeline?.repaint(),
    onUsed: () => timeline?.focus(),
  });
  timeline = createTimeline({
    ask: () => ({ regions: [], chosen: null, edge: null, draft: null, at: player.at(), total: player.total() }),
    label: `${label}. Space plays${arrows ? ", left and right go a second back and on" : ""}.`,
    wave: sort === "audio",
    closed: true,
    wheelAllowed: wheelBelongsTo(root),
    onSeek: (ms) => player.seek(ms),
    onChoose: () => {},
    onDraw: () => {},
    onPull: () => {},
  });
  if (sort === "audio" && !(item.milliseconds > LONGEST)) loadPeaks(mediaUrl, item.milliseconds).then((found) => found && timeline.setPeaks(found.peaks));
  const film = sort === "video" ? el("div", { class: "recording-film" }, player.media) : player.media;
  const node = el("div", { class: "recording is-heard" }, film, timeline.node, player.bar, player.failure);
  group.push(player);
  player.media.addEventListener("play", () => group.filter((other) => other !== player).forEach((other) => other.media.pause()));
  const mine = () => {
    if (node.contains(document.activeElement)) return true;
    const playing = group.find((other) => !other.media.paused);
    if (playing || [...document.querySelectorAll(".recording")].some((other) => other.contains(document.activeElement))) return playing === player;
    // Nobody plays: the one that was heard less.
    return group.toSorted((a, b) => a.media.played.length - b.media.played.length)[0] === player;
  };
  const commands = {
    hand: () => mine() && (player.toggle(), true),
    ...zooming(timeline),
    ...(arrows ? { arrow: ({ x, big }) => Boolean(x) && (player.seek(player.at() + x * (big ? SEEK.coarse : SEEK.fine)), true) } : {}),
  };
  return {
    media: sort,
    node,
    player,
    keys: [...PLAYER_KEYS, ...(arrows ? [[["←", "→"], "A second back, on; with Shift five"]] : []), [["+", "−", "0"], "Zoom in, out, the whole recording"]],
    buttons: [button("minus", "Zoom out", () => timeline.zoom(1 / 1.5), { key: "-" }), button("fit", "The whole recording", timeline.fit, { key: "0" }), button("plus", "Zoom in", () => timeline.zoom(1.5), { key: "+" })],
    onCommand: (command) => commands[command.type]?.(command) ?? false,
    // Letters of its own, for the tool that shows it.
    onOther(event) {
      const steps = { s: -1, f: 1 }[event.key.toLowerCase()];
      if (!steps || event.ctrlKey || event.metaKey || event.altKey) return false;
      player.faster(steps);
      return true;
    },
    problems: () => (player.failed ? [{ code: "no_recording", message: "The recording could not be loaded.", blocking: true }] : []),
    focus: timeline.focus,
    destroy() {
      player.destroy();
      timeline.destroy();
    },
  };
}
