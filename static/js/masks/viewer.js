// Masks to look at: one answer or result, or the answers of many people as layers that can be switched.

import { createLayer } from "./layer.js";
import { chosen, createShares } from "./panel.js";
import { mapOf, valueOf } from "./editor.js";
import * as bitmap from "./bitmap.js";
import { el, fill } from "../annotate/dom.js";
import { createLayers } from "../annotate/layers.js";
import { createStage, sizeOf, viewButtons, wheelBelongsTo } from "../annotate/stage.js";
import { stylesOf } from "../annotate/styles.js";

const WORDS = { list: "masks", one: "mask", many: "masks" };

export function createViewer(root, { question, item, mediaUrl, draft, layers }, asked) {
  const { classes } = question;
  const styles = stylesOf(classes);
  let shown = []; // {layer, group}: what lies on the picture
  let value = draft ?? { masks: [] };
  const several = layers?.length ? createLayers(WORDS, layers, styles, () => stage.repaint()) : null;
  const shares = createShares(styles, "What is painted");
  const stage = createStage({
    url: mediaUrl,
    size: sizeOf(item),
    label: "Picture with masks",
    describedBy: asked.id,
    onPaint() {
      const on = several?.groups();
      for (const { layer, group } of shown) {
        layer.canvas.hidden = Boolean(on) && !on.includes(group);
        layer.place(stage.view);
      }
    },
    onReady: () => shown.length || open(),
    wheelAllowed: wheelBelongsTo(root),
  });

  function lay(given, looks, group) {
    const map = mapOf(given, classes, stage.size);
    const layer = createLayer(stage.layer, map, looks, { light: Boolean(group) });
    layer.draw(bitmap.whole(map));
    shown.push({ layer, group });
    return map;
  }

  function open() {
    for (const { layer } of shown) layer.canvas.remove();
    shown = [];
    if (several) {
      // The colour tells the person here, the pattern the class.
      several.groups().forEach((group, place) => lay(layers[place].answer, classes.map((_, at) => ({ color: group.color, place: at })), group));
    } else {
      const map = lay(value, classes.map(({ key }) => styles.get(key)));
      shares.update(chosen(valueOf(map, classes), map, classes));
    }
    stage.repaint();
  }

  const bar = el("div", { class: "tool-bar", role: "group", "aria-label": "View" }, ...viewButtons(stage));
  fill(root, asked.node, stage.node, el("div", { class: "tool-side" }, bar, several ? several.node : shares.node));
  root.classList.add("is-readonly");
  if (sizeOf(item)) open();

  return {
    value: () => value,
    problems: () => [],
    setValue(next) {
      value = next ?? { masks: [] };
      open();
    },
    focus: () => stage.node.focus({ preventScroll: true }),
    destroy: stage.destroy,
  };
}
