// Boxes to look at: one answer or result, or the answers of many people as layers that can be switched.

import { el, fill } from "../annotate/dom.js";
import { roundBox } from "../annotate/geometry.js";
import { createLayers } from "../annotate/layers.js";
import { createList } from "../annotate/list.js";
import { createCanvas } from "../annotate/render.js";
import { groupsOf } from "../annotate/scene.js";
import { createStage, sizeOf, viewButtons, wheelBelongsTo } from "../annotate/stage.js";
import { stylesOf } from "../annotate/styles.js";

// `asked` = {id, node} of the prompt.
export function createViewer(root, { question, item, mediaUrl, draft, layers }, asked) {
  const styles = stylesOf(question.classes);
  const several = layers?.length ? createLayers(layers, styles, () => stage.repaint()) : null;
  const known = (value) => (value?.boxes ?? []).filter((box) => styles.has(box.class));
  const numbered = (value) => known(value).map((box, id) => ({ ...roundBox(box), id }));
  let boxes = numbered(draft);
  const stage = createStage({
    url: mediaUrl,
    size: sizeOf(item),
    label: "Picture with boxes",
    describedBy: asked.id,
    onPaint: () => canvas.draw(several ? several.groups() : groupsOf(boxes, styles), stage.view, stage.room),
    wheelAllowed: wheelBelongsTo(root),
  });
  const canvas = createCanvas(stage.layer);
  const list = createList({ label: "Boxes", styles, onSelect: (id) => stage.reveal(boxes[id]), onRemove: () => {} });
  const bar = el("div", { class: "tool-bar", role: "group", "aria-label": "View" }, ...viewButtons(stage));
  const panel = several ? several.node : el("div", { class: "shape-scroll" }, list.node);
  fill(root, asked.node, stage.node, el("div", { class: "tool-side" }, bar, panel));
  root.classList.add("is-readonly");

  function show() {
    list.update(boxes, null);
    list.node.hidden = !boxes.length;
    stage.repaint();
  }
  show();

  return {
    value: () => ({ boxes: boxes.map(({ id: _, ...box }) => box) }),
    problems: () => [],
    setValue(value) {
      boxes = numbered(value);
      show();
    },
    focus: () => stage.node.focus({ preventScroll: true }),
    destroy: stage.destroy,
  };
}
