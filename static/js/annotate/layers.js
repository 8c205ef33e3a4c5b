// Many people's shapes over one picture, switched on and off by person. The colour tells the person here, the label
// the class.

import { el, swatch } from "./dom.js";
import { DASHES, PALETTE, marksOf } from "./styles.js";

// What the layers are, in words: the result is no answer of anybody's.
function countOf(layers) {
  const answers = layers.filter((layer) => !layer.result).length;
  const said = `${answers} ${answers === 1 ? "answer" : "answers"}`;
  return answers === layers.length ? said : `Result and ${said}`;
}

// layers: [{label, color, answer, result}], `result` true for what they came to. `groups()` is what the canvas paints.
export function createLayers(form, layers, styles, onChange) {
  const shown = layers.map(() => true);
  const groups = layers.map((layer, place) => ({
    color: layer.color || PALETTE[place % PALETTE.length],
    dash: DASHES[place % DASHES.length],
    form,
    shapes: layer.answer?.[form.list] ?? [],
    // Several people mark the same thing: a corner each keeps their labels apart.
    corner: place % 4,
    text: (shape) => (styles.get(shape.class)?.name ?? shape.class) + marksOf(shape),
  }));
  const switches = layers.map((layer, place) => {
    const input = el("input", { type: "checkbox", checked: true });
    input.addEventListener("change", () => {
      shown[place] = input.checked;
      onChange();
    });
    const count = groups[place].shapes.length;
    const node = el(
      "label",
      { class: "layer-row" },
      input,
      swatch(groups[place]),
      el("span", { class: "layer-name", dir: "auto" }, layer.label),
      el("span", { class: "shape-row-detail" }, `${count} ${count === 1 ? form.one : form.many}`),
    );
    return { node, input };
  });
  const all = el("button", { type: "button", class: "tool-button is-text" }, "All");
  const none = el("button", { type: "button", class: "tool-button is-text" }, "None");
  const setAll = (on) => {
    switches.forEach(({ input }, place) => {
      input.checked = on;
      shown[place] = on;
    });
    onChange();
  };
  all.addEventListener("click", () => setAll(true));
  none.addEventListener("click", () => setAll(false));
  const node = el(
    "fieldset",
    { class: "layer-list" },
    el("legend", { class: "shape-count" }, countOf(layers)),
    el("div", { class: "tool-bar" }, all, none),
    el("div", { class: "shape-scroll" }, ...switches.map(({ node }) => node)),
  );
  return { node, groups: () => groups.filter((_, place) => shown[place]) };
}
