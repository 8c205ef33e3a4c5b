// A sound to listen to, and a field to type in. While typing, Ctrl and Space play and pause.

import { createHearing } from "./hearing.js";
import { createWriting } from "./writing.js";

export function mount(root, options) {
  const content = createHearing(root, options, { sort: "audio" });
  content.keys.unshift([["Ctrl", "Space"], "Play or pause while writing"], [["Ctrl", "B"], "Two seconds back while writing"]);
  const tool = createWriting(root, "audio_transcription", options, content);
  root.querySelector(".writing-area").addEventListener("keydown", (event) => {
    if (!event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === " ") content.player.toggle();
    else if (event.key.toLowerCase() === "b") content.player.seek(content.player.at() - 2000);
    else return;
    event.preventDefault();
  });
  return { ...tool, letters: ["s", "f"] };
}
