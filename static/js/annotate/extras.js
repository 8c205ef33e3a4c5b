// What is asked of the shape in hand besides its class: flags and attributes. Loaded with the first shape that is chosen
// where the question asks for any.

import { createMore } from "./more.js";

const FLAGS = [["occluded", "Occluded", "O"], ["uncertain", "Unsure", "H"]];

// "pose: left, right\ntruncated" → [{name: "pose", choices: ["left", "right"]}, {name: "truncated", choices: []}], as
// tasks_app/tools/shape_fields.py reads it. Pure.
export function attributesOf(text) {
  return (text ?? "")
    .split("\n")
    .map((line) => line.split(/:(.*)/s))
    .map(([name, choices]) => ({ name: name.trim(), choices: (choices ?? "").split(",").map((one) => one.trim()).filter(Boolean) }))
    .filter(({ name }) => name);
}

export function createExtras(desk, question, { el, state, node }) {
  const { setExtra } = createMore(state);
  const attributes = attributesOf(question.attributes);
  const updates = [];

  function put(name, value) {
    const shape = desk.get().shapes.find(({ id }) => id === desk.get().selected);
    const { [name]: _, ...others } = shape?.attributes ?? {};
    const next = value === "" ? others : { ...others, [name]: value };
    desk.set(setExtra(desk.get(), "attributes", Object.keys(next).length ? next : undefined));
  }

  function check(label, read, write) {
    const input = el("input", { type: "checkbox" });
    input.addEventListener("change", () => write(input.checked));
    updates.push((shape) => (input.checked = read(shape)));
    return el("label", { class: "extra-row" }, input, el("span", { dir: "auto" }, label));
  }

  function choice({ name, choices }) {
    const select = el("select", {}, el("option", { value: "" }, "–"), ...choices.map((one) => el("option", { value: one }, one)));
    select.addEventListener("change", () => put(name, select.value));
    updates.push((shape) => (select.value = shape.attributes?.[name] ?? ""));
    return el("label", { class: "extra-row" }, el("span", { dir: "auto" }, name), select);
  }

  const flags = question.flags ? FLAGS.map(([name, label]) => check(label, (shape) => Boolean(shape[name]), (on) => desk.set(setExtra(desk.get(), name, on)))) : [];
  const asked = attributes.map((one) =>
    one.choices.length ? choice(one) : check(one.name, (shape) => shape.attributes?.[one.name] === "yes", (on) => put(one.name, on ? "yes" : "")),
  );
  node.setAttribute("role", "group");
  node.setAttribute("aria-label", `The ${desk.get().form.one} in hand`);
  node.append(...flags, ...asked);

  return {
    update(shape) {
      node.hidden = !shape;
      if (shape) for (const update of updates) update(shape);
    },
  };
}
