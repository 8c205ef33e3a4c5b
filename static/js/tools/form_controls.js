// One field of a form: its label, its control, its help. Every control is the browser's own.

import { el } from "../annotate/dom.js";
import { freshId } from "./frame.js";

// field: as the question has it. → {node, label, value(), set(value), problem() → text, focus()}
export function fieldControl(field, { closed, onInput }) {
  const made = MAKERS[field.kind](field, { closed, onInput });
  const help = field.help ? el("p", { class: "form-help", dir: "auto" }, field.help) : null;
  const optional = field.required ? null : el("span", { class: "form-optional" }, " (optional)");
  const { grouped, control } = made;
  const node = grouped
    ? el("fieldset", { class: "form-field" }, el("legend", { dir: "auto" }, field.label, optional), help, control)
    : el("div", { class: "form-field" }, el("label", { for: made.id, dir: "auto" }, field.label, optional), help, control);
  return {
    problem: () => "",
    focus: () => node.querySelector("input, textarea, select, button")?.focus({ preventScroll: false }),
    ...made,
    node,
    label: field.label,
  };
}

function line(field, { closed, onInput }, attributes = {}, tag = "input") {
  const id = freshId("field");
  const input = el(tag, { id, readonly: closed, dir: "auto", autocomplete: "off", maxlength: "2000", oninput: onInput, ...attributes });
  return {
    id,
    control: input,
    value: () => input.value.trim(),
    set(value) {
      input.value = value ?? "";
    },
    problem: () => (input.validity.valid ? "" : "This cannot be read. Is it written right?"),
  };
}

function number(field, context) {
  const made = line(field, context, { type: "number", inputmode: "decimal", step: "any", min: field.minimum, max: field.maximum, maxlength: null, dir: null });
  return {
    ...made,
    value: () => (made.control.value === "" ? null : Number(made.control.value)),
    problem() {
      const { validity } = made.control;
      if (validity.badInput) return "Must be a number.";
      if (validity.rangeUnderflow) return `Must be ${field.minimum} or more.`;
      return validity.rangeOverflow ? `Must be ${field.maximum} or less.` : "";
    },
  };
}

function boxes(field, { closed, onInput }, type) {
  const name = freshId("choice");
  const inputs = new Map(
    field.options.map((option) => [option.key, el("input", { type, name, value: option.key, disabled: closed, onchange: onInput })]),
  );
  const rows = field.options.map((option) => el("label", { class: "form-option", dir: "auto" }, inputs.get(option.key), el("span", {}, option.label)));
  const chosen = () => [...inputs].filter(([, input]) => input.checked).map(([key]) => key);
  return { grouped: true, control: el("div", { class: "form-options" }, ...rows), inputs, chosen };
}

function choice(field, context) {
  const made = boxes(field, context, "radio");
  return {
    ...made,
    value: () => made.chosen()[0] ?? null,
    set(value) {
      for (const [key, input] of made.inputs) input.checked = key === value;
    },
  };
}

function choices(field, context) {
  const made = boxes(field, context, "checkbox");
  return {
    ...made,
    value: made.chosen,
    set(value) {
      for (const [key, input] of made.inputs) input.checked = Boolean(value?.includes(key));
    },
  };
}

// A row a question of its own, for those who hear it and on a narrow page; a table where there is room for it.
function matrix(field, { closed, onInput }) {
  const inputs = new Map();
  const rows = field.rows.map((row) => {
    const name = freshId("row");
    const cells = field.options.map((option) => {
      const input = el("input", { type: "radio", name, value: option.key, disabled: closed, onchange: onInput });
      inputs.set(`${row.key}\n${option.key}`, input);
      return el("label", { class: "form-option", dir: "auto" }, input, el("span", {}, option.label));
    });
    return el("fieldset", { class: "form-row" }, el("legend", { dir: "auto" }, row.label), el("div", { class: "form-options is-row" }, ...cells));
  });
  const input = (row, option) => inputs.get(`${row.key}\n${option.key}`);
  return {
    grouped: true,
    control: el("div", { class: "form-matrix" }, ...rows),
    value() {
      const given = field.rows.map((row) => [row.key, field.options.find((option) => input(row, option).checked)?.key]);
      const filled = given.filter(([, key]) => key);
      return filled.length ? Object.fromEntries(filled) : null;
    },
    set(value) {
      for (const row of field.rows) for (const option of field.options) input(row, option).checked = value?.[row.key] === option.key;
    },
  };
}

// Where somebody is: told by the device when asked to, or typed.
function position(field, { closed, onInput }) {
  const told = el("p", { class: "form-help", role: "status" });
  let accuracy = null;
  const axis = (name, most) =>
    el("input", { type: "number", step: "any", min: -most, max: most, inputmode: "decimal", "aria-label": name, placeholder: name, readonly: closed, oninput: () => typed() });
  const [latitude, longitude] = [axis("Latitude", 90), axis("Longitude", 180)];
  function typed() {
    accuracy = null;
    onInput();
  }
  const ask = el("button", { type: "button", class: "tool-button is-text", disabled: closed, onclick: () => locate() }, "Use my position");
  function locate() {
    told.textContent = "Asking your device…";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        latitude.value = coords.latitude.toFixed(5);
        longitude.value = coords.longitude.toFixed(5);
        accuracy = Math.round(coords.accuracy * 10) / 10;
        told.textContent = `To about ${Math.round(coords.accuracy)} m.`;
        onInput();
      },
      () => {
        told.textContent = "Your device does not tell. Type it instead.";
      },
      { enableHighAccuracy: true, timeout: 20_000 },
    );
  }
  return {
    grouped: true,
    control: el("div", { class: "form-position" }, ask, latitude, longitude, told),
    value() {
      if (latitude.value === "" || longitude.value === "") return null;
      const at = { latitude: Number(latitude.value), longitude: Number(longitude.value) };
      return accuracy === null ? at : { ...at, accuracy };
    },
    set(value) {
      latitude.value = value?.latitude ?? "";
      longitude.value = value?.longitude ?? "";
      accuracy = value?.accuracy ?? null;
    },
    problem: () => (latitude.validity.valid && longitude.validity.valid ? "" : "This is no position on Earth."),
  };
}

const MAKERS = {
  text: (field, context) => line(field, context, { type: "text", maxlength: "500" }),
  long_text: (field, context) => line(field, context, { rows: "4", maxlength: "20000" }, "textarea"),
  link: (field, context) => line(field, context, { type: "url", placeholder: "https://", dir: "ltr", pattern: "https?://.+" }),
  number,
  choice,
  choices,
  matrix,
  position,
};
