// A form made of a question's fields, with native controls: what is asked only in some cases comes and goes with them.

import { el } from "../annotate/dom.js";
import { fieldControl } from "./form_controls.js";
import { createFrame, freshId, isClosed } from "./frame.js";

const isEmpty = (value) => value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length);

// Whether a field is asked, by the answers so far; as the server decides. Pure.
export function isAsked(field, values) {
  if (!field.when) return true;
  const given = values[field.when.field];
  return (Array.isArray(given) ? given : [given]).some((key) => field.when.is.includes(key));
}

// The values of the fields that are asked, without the empty ones; `read(field)` is what its control holds. Pure.
export function valuesOf(fields, read) {
  const values = {};
  for (const field of fields) {
    const value = isAsked(field, values) ? read(field) : undefined;
    if (!isEmpty(value)) values[field.name] = value;
  }
  return values;
}

// Names of the required fields that are asked and empty, or a table with a row left out. Pure.
export function missing(fields, values) {
  const asked = fields.filter((field) => field.required && isAsked(field, values));
  const short = (field) => field.kind === "matrix" && Object.keys(values[field.name] ?? {}).length < field.rows.length;
  return asked.filter((field) => isEmpty(values[field.name]) || short(field)).map((field) => field.name);
}

export function createForm(root, kind, options, content) {
  const { question, draft, onChange, onSubmit } = options;
  const closed = isClosed(options);
  const id = freshId("prompt");
  const controls = new Map(question.fields.map((field) => [field.name, fieldControl(field, { closed, onInput: () => changed() })]));
  const node = el("div", { class: "form-fields", role: "group", "aria-labelledby": id }, ...[...controls.values()].map((one) => one.node));
  const frame = createFrame(root, options, content, {
    id,
    kind,
    classes: ["tool-form"],
    node,
    keys: [[["Tab"], "Next field"], [["Ctrl", "Enter"], "Hand in"]],
    hotkeys: new Map(),
    onKey: () => {},
  });

  const read = () => ({ fields: valuesOf(question.fields, (field) => controls.get(field.name).value()) });
  // A form that nobody has touched is no answer; one without required fields may be left as it is on purpose.
  let touched = Boolean(draft);

  function changed() {
    touched = true;
    show();
    onChange?.(tool.value());
  }

  function show() {
    const { fields } = read();
    for (const field of question.fields) controls.get(field.name).node.hidden = !isAsked(field, fields);
  }

  function fill(answer) {
    for (const field of question.fields) controls.get(field.name).set(answer?.fields?.[field.name] ?? null);
    show();
  }

  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || closed) return;
    event.preventDefault();
    if (tool.value()) onSubmit?.(tool.value());
  });

  const tool = {
    value: () => (touched ? read() : null),
    problems() {
      const { fields } = read();
      const wrong = question.fields.map((field) => controls.get(field.name)).find((one) => !one.node.hidden && one.problem());
      const [first] = missing(question.fields, fields);
      const field = question.fields.find((one) => one.name === first);
      const show = (one) => () => one.focus();
      return [
        ...content.problems(),
        ...(wrong ? [{ code: "wrong_value", message: `${wrong.label}: ${wrong.problem()}`, blocking: true, show: show(wrong) }] : []),
        ...(field ? [{ code: "missing", message: `${field.label}: this is still empty.`, blocking: true, show: show(controls.get(first)) }] : []),
      ];
    },
    setValue(next) {
      touched = Boolean(next);
      fill(next);
    },
    letters: [],
    focus: () => (closed ? content.focus() : controls.get(question.fields[0].name).focus()),
    destroy: frame.destroy,
  };
  fill(draft);
  return tool;
}
