// Shapes to look at: one answer or result, or the answers of many people as layers that can be switched.

import { el, fill } from "./dom.js";
import { createLayers } from "./layers.js";
import { createList } from "./list.js";
import { createCanvas, groupsOf } from "./render.js";
import { createStage, sizeOf, viewButtons, wheelBelongsTo } from "./stage.js";
import { stylesOf } from "./styles.js";

// `asked` = {id, node} of the prompt.
export function createViewer(root, { form, question, item, mediaUrl, draft, layers }, asked) {
  const styles = stylesOf(question.classes);
  const several = layers?.length ? createLayers(form, layers, styles, () => stage.repaint()) : null;
  const known = (value) => (value?.[form.list] ?? []).filter((shape) => styles.has(shape.class));
  const numbered = (value) => known(value).map((shape, id) => ({ ...form.round(shape), id }));
  let shapes = numbered(draft);
  const stage = createStage({
    url: mediaUrl,
    size: sizeOf(item),
    label: `Picture with ${form.many}`,
    describedBy: asked.id,
    onPaint: () => canvas.draw(several ? several.groups() : groupsOf(form, shapes, styles), stage.view, stage.room),
    wheelAllowed: wheelBelongsTo(root),
  });
  const canvas = createCanvas(stage.layer);
  const onSelect = (id) => stage.reveal(form.bounds(shapes[id]));
  const list = createList({ form, label: form.many[0].toUpperCase() + form.many.slice(1), styles, onSelect, onRemove: () => {} });
  const bar = el("div", { class: "tool-bar", role: "group", "aria-label": "View" }, ...viewButtons(stage));
  const panel = several ? several.node : el("div", { class: "shape-scroll" }, list.node);
  fill(root, asked.node, stage.node, el("div", { class: "tool-side" }, bar, panel));
  root.classList.add("is-readonly");

  function show() {
    list.update(shapes, null);
    list.node.hidden = !shapes.length;
    stage.repaint();
  }
  show();

  return {
    value: () => ({ [form.list]: shapes.map(({ id: _, ...shape }) => shape) }),
    problems: () => [],
    setValue(value) {
      shapes = numbered(value);
      show();
    },
    focus: () => stage.node.focus({ preventScroll: true }),
    destroy: stage.destroy,
  };
}
