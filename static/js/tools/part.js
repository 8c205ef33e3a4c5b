// A part of the picture that is to be judged: its frame, and a button for the whole picture and back. Loaded where an item
// has one.

import { el } from "../annotate/dom.js";
import { boxToScreen } from "../annotate/view.js";

export function showPart(stage, item) {
  const { region } = stage;
  const frame = el("div", { class: "part-frame", "aria-hidden": "true" });
  const toggle = el("button", { type: "button", class: "part-toggle", onclick: () => turn() });
  stage.layer.append(frame);
  stage.node.append(toggle);

  function name() {
    toggle.textContent = stage.region ? "Whole picture" : "The part to judge";
  }
  function turn() {
    stage.region = stage.region ? undefined : region;
    stage.fit();
    name();
    stage.node.focus({ preventScroll: true });
  }
  name();
  stage.repaint();

  return {
    paint() {
      const at = boxToScreen(stage.view, item);
      frame.style.transform = `translate(${at.x1}px, ${at.y1}px)`;
      frame.style.width = `${at.x2 - at.x1}px`;
      frame.style.height = `${at.y2 - at.y1}px`;
    },
  };
}
