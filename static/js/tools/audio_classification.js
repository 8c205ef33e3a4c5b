// One class for a sound.

import { createChoice } from "./choice.js";
import { createHearing } from "./hearing.js";

export function mount(root, options) {
  const tool = createChoice(root, "audio_classification", options, createHearing(root, options, { sort: "audio" }));
  return { ...tool, letters: ["s", "f", ...options.question.classes.map((row) => row.hotkey).filter(Boolean)] };
}
