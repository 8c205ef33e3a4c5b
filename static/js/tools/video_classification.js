// One class for a film.

import { createChoice } from "./choice.js";
import { createHearing } from "./hearing.js";

export function mount(root, options) {
  const tool = createChoice(root, "video_classification", options, createHearing(root, options, { sort: "video" }));
  return { ...tool, letters: ["s", "f", ...options.question.classes.map((row) => row.hotkey).filter(Boolean)] };
}
