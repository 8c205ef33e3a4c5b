// A label or boxes that are there already, to be judged.

import { createCanvas, groupsOf } from "../annotate/render.js";
import { stylesOf } from "../annotate/styles.js";
import { el } from "../annotate/dom.js";
import { BOX } from "../forms/box.js";
import { createChoice } from "./choice.js";
import { withClaim } from "./claim.js";
import { createPicture } from "./picture.js";

export function mount(root, options) {
  const { item } = options;
  const boxes = (item.boxes ?? []).map((box) => ({ ...box, class: box.class ?? "" }));
  const names = [...new Set(boxes.map((box) => box.class))];
  const styles = stylesOf(names.map((name) => ({ key: name, name })));
  const picture = createPicture(root, options, {
    onPaint: () => canvas?.draw(groupsOf(BOX, boxes, styles), picture.stage.view, picture.stage.room),
  });
  const canvas = boxes.length ? createCanvas(picture.stage.layer) : null;
  // What the canvas shows, for those who do not see it.
  if (canvas) {
    const told = boxes.map((box) => el("li", {}, `${box.class || "Box"}, from ${box.x1}, ${box.y1} to ${box.x2}, ${box.y2}`));
    picture.stage.layer.append(el("ul", { class: "visually-hidden", "aria-label": "Boxes to judge" }, ...told));
  }
  return createChoice(root, "image_check", options, withClaim(picture, "Label", item.label));
}
