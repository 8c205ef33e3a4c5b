// How the picture is shown: light, contrast, quarter turns, the magnifier, edges that stick. Loaded when it is asked for.

import { run } from "./more.js";

const open = new WeakMap(); // stage → its dialog

function slider(el, label, value, onInput) {
  const input = el("input", { type: "range", min: "40", max: "250", step: "5", value });
  input.addEventListener("input", () => onInput(Number(input.value)));
  return { input, node: el("label", { class: "adjust-row" }, el("span", {}, label), input) };
}

function build(desk, { el, state }) {
  const light = { brightness: 100, contrast: 100 };
  const show = () => {
    const plain = light.brightness === 100 && light.contrast === 100;
    desk.stage.image.style.filter = plain ? "" : `brightness(${light.brightness}%) contrast(${light.contrast}%)`;
    desk.stage.repaint();
  };
  const sliders = Object.keys(light).map((name) =>
    slider(el, name[0].toUpperCase() + name.slice(1), light[name], (value) => {
      light[name] = value;
      show();
    }),
  );
  const press = (label, key, onclick) => el("button", { type: "button", class: "tool-button is-text", onclick }, label, key ? el("kbd", { "aria-hidden": "true" }, key) : null);
  const reset = press("As it came", "", () => {
    sliders.forEach(({ input }) => (input.value = 100));
    Object.assign(light, { brightness: 100, contrast: 100 });
    show();
  });
  const close = press("Close", "", () => dialog.close());
  const { letters } = desk.get().form;
  const dialog = el(
    "dialog",
    { class: "tool-adjust", "aria-label": "How the picture is shown" },
    ...sliders.map(({ node }) => node),
    el(
      "div",
      { class: "tool-bar" },
      press("Turn", "R", () => desk.stage.turn()),
      press("Magnifier", "M", () => desk.toggle("magnifying")),
      press("Edges stick", "G", () => desk.toggle("snapping")),
      letters?.x ? press("Four clicks", "X", () => run("other-form", desk, state)) : null,
    ),
    el("div", { class: "tool-bar" }, reset, close),
  );
  // Beside the picture and not over the whole page: one has to see what one does.
  desk.stage.node.after(dialog);
  return dialog;
}

export function offerAdjustments(desk, parts) {
  if (!open.has(desk.stage)) open.set(desk.stage, build(desk, parts));
  const dialog = open.get(desk.stage);
  if (dialog.open) dialog.close();
  else dialog.show();
}
