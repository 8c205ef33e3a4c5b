// One class for a picture that can be zoomed and moved; a finger may swipe to answer.

import { createChoice } from "./choice.js";
import { isClosed } from "./frame.js";
import { createPicture } from "./picture.js";

const SWIPED = 4; // as many classes as there are ways to swipe

export function mount(root, options) {
  const content = createPicture(root, options);
  const tool = createChoice(root, "image_classification", options, content);
  const fingers = window.matchMedia("(pointer: coarse)").matches;
  if (fingers && !isClosed(options) && options.question.classes.length <= SWIPED) {
    import("./swipe.js").then(({ addSwipe }) => addSwipe(content.stage, options.question.classes, tool.answer));
  }
  return tool;
}
