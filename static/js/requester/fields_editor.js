// An editor for the fields of a form, over the text that is sent: every change is written there, and what is written there
// by hand is read back. Loaded by question.js where a question has fields.

import { el } from "../annotate/dom.js";
import { KINDS, askable, conditionProblem, has, keysOf, linesOf, moved, nameFor, optionsOf, parsed, renamed, withKind, withPart, written } from "./fields.js";

let serial = 0;

export function editFields(textarea, say) {
  const list = el("ol", { class: "field-rows" });
  const add = el("button", { type: "button", class: "btn", onclick: () => append() }, "Add a field");
  const broken = el("p", { class: "field-help", hidden: true }, "This is not a list of fields yet: put it right below, and the editor is back.");
  const undo = el("p", { class: "rows-undo", hidden: true });
  const raw = el("details", { class: "disclosure" }, el("summary", {}, "The same as JSON"));
  const box = el("div", { class: "stack fields-editor", role: "group", "aria-labelledby": `${textarea.id}-caption` }, broken, list, undo, el("div", {}, add), raw);
  // The label names the text; the editor around it is named by the same words.
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  label.id = `${textarea.id}-caption`;
  textarea.before(box);
  raw.append(textarea);
  const help = document.getElementById(`${textarea.id}_helptext`);
  if (help) raw.append(help);

  let fields = [];
  let own = false; // the text is being written by the editor
  let open = new Set(); // places of rows that are unfolded
  const asides = new Map(); // parts of other kinds, by the name that a field had first
  const fresh = new Set(); // names that follow what is asked

  const asideOf = (field) => {
    if (!asides.has(field.name)) asides.set(field.name, {});
    return asides.get(field.name);
  };

  function write(next) {
    fields = next;
    own = true;
    textarea.value = written(fields);
    textarea.dispatchEvent(new Event("input", { bubbles: true }));
    own = false;
  }

  function read() {
    const found = parsed(textarea.value);
    broken.hidden = found !== null;
    list.hidden = add.hidden = found === null;
    if (found === null) {
      raw.open = true;
      return;
    }
    fields = found;
    draw();
  }

  const set = (place, field) => write(fields.map((one, at) => (at === place ? field : one)));

  function draw() {
    list.replaceChildren(...fields.map(row));
  }

  function control(text, input, { short = false, note = "" } = {}) {
    const id = `fields-${(serial += 1)}`;
    input.id = id;
    return el("div", { class: `field${short ? " field-short" : ""}` }, el("label", { class: "field-label", for: id }, text), input, note ? el("div", { class: "field-help" }, note) : null);
  }

  const line = (value, onInput, more = {}) => {
    const input = el("input", { type: "text", autocomplete: "off", ...more });
    input.value = value ?? "";
    input.addEventListener("input", () => onInput(input.value));
    return input;
  };

  function row(field, place) {
    const summary = el("summary", { class: "field-row-summary" });
    const warning = el("p", { class: "field-error", role: "status" });
    const body = el("div", { class: "stack stack-tight field-row-body" });
    const details = el("details", { class: "field-row-details", open: open.has(place) }, summary, body);
    details.addEventListener("toggle", () => (details.open ? open.add(place) : open.delete(place)));
    const now = () => fields[place];
    const titled = () => {
      const kind = KINDS.find(([key]) => key === (now().kind ?? "text"))?.[1] ?? now().kind;
      const marks = [kind, now().required === false && "optional", now().when && "only sometimes"].filter(Boolean).join(", ");
      summary.replaceChildren(el("span", { class: "field-row-title", dir: "auto" }, `${place + 1}. ${now().label || now().name || "New field"}`), el("span", { class: "muted small" }, marks));
      warning.textContent = conditionProblem(fields, place);
    };
    const put = (next) => {
      set(place, next);
      titled();
    };

    const name = line(field.name, (text) => {
      fresh.delete(now().name);
      write(renamed(fields, place, text.trim()));
      titled();
    }, { class: "mono", maxlength: 40, spellcheck: "false", autocapitalize: "none" });
    const asked = line(field.label ?? field.name, (text) => {
      if (fresh.has(now().name)) {
        fresh.delete(now().name);
        const next = nameFor(text, fields.filter((_, at) => at !== place).map((one) => one.name));
        write(renamed(fields, place, next));
        fresh.add(next);
        name.value = next;
      }
      put(withPart(now(), "label", text));
    }, { maxlength: 300 });
    const kind = el("select", { onchange: () => {
      put(withKind(now(), kind.value, asideOf(now())));
      draw();
      list.children[place].querySelector("select").focus();
    } }, ...KINDS.map(([key, text]) => el("option", { value: key, selected: key === (field.kind ?? "text") }, text)));
    const required = el("input", { type: "checkbox", checked: field.required !== false, onchange: () => put(withPart(now(), "required", required.checked)) });
    const help = line(field.help, (text) => put(withPart(now(), "help", text)), { maxlength: 500 });

    body.append(
      control("What is asked", asked),
      control("Kind", kind, { short: true }),
      ...limits(field, place, now, put),
      el("label", { class: "check" }, required, el("span", {}, "Must be filled in")),
      condition(field, place, now, put),
      control("A line of help", help),
      control("Name in exports", name, { short: true, note: "A letter, then letters, digits and _." }),
    );
    titled();

    const button = (text, icon, act, more = {}) => el("button", { type: "button", class: "btn btn-small", "aria-label": `${text} field ${place + 1}`, onclick: act, ...more }, icon);
    const bar = el(
      "div",
      { class: "cluster field-row-bar" },
      button("Move up", "↑", () => shift(place, -1), { disabled: place === 0 }),
      button("Move down", "↓", () => shift(place, 1), { disabled: place === fields.length - 1 }),
      button("Remove", "×", () => remove(place)),
    );
    return el("li", { class: "field-row" }, details, bar, warning);
  }

  // What a kind asks besides: choices, rows, bounds. What lines cannot say is left to the JSON.
  function limits(field, place, now, put) {
    const made = [];
    for (const [part, text, note] of [["options", "Choices, one a line", "“key | what people see” where exports should say something else."], ["rows", "Rows, one a line", ""]]) {
      if (!has(field.kind ?? "text", part)) continue;
      const lines = linesOf(field[part]);
      const area = el("textarea", { rows: 4, readonly: lines === null });
      area.value = lines ?? "";
      area.addEventListener("input", () => put(withPart(now(), part, optionsOf(area.value, now()[part]))));
      // Conditions show these choices.
      area.addEventListener("change", () => draw());
      made.push(control(text, area, { note: lines === null ? "These hold what lines cannot say: edit them in the JSON below." : note }));
    }
    if ((field.kind ?? "text") === "number") {
      const bounds = [["minimum", "Least"], ["maximum", "Most"], ["tolerance", "Counts as the same within"]].map(([part, text]) => {
        const input = el("input", { type: "number", step: "any", value: field[part] ?? null });
        input.addEventListener("input", () => put(withPart(now(), part, input.value === "" ? undefined : Number(input.value))));
        return control(text, input, { short: true });
      });
      made.push(el("div", { class: "cluster" }, ...bounds));
    }
    return made;
  }

  function condition(field, place, now, put) {
    const sources = askable(fields, place);
    if (!sources.length && field.when === undefined) return null;
    const known = sources.some((one) => one.name === field.when?.field);
    const select = el(
      "select",
      { onchange: () => {
        const source = sources.find((one) => one.name === select.value);
        put(withPart(now(), "when", source ? { field: source.name, is: keysOf(source).slice(0, 1) } : undefined));
        draw();
        list.children[place].querySelector("[data-when]").focus();
      }, "data-when": "" },
      el("option", { value: "" }, "Always"),
      ...sources.map((one) => el("option", { value: one.name, selected: one.name === field.when?.field }, `After certain answers to “${one.label || one.name}”`)),
      field.when !== undefined && !known ? el("option", { value: "\n", selected: true }, `After “${field.when?.field ?? "?"}”`) : null,
    );
    const source = sources.find((one) => one.name === field.when?.field);
    const labels = new Map((source?.options ?? []).map((option) => [option.key ?? option, option.label ?? option.key ?? option]));
    const answers = source
      ? el("fieldset", { class: "bare cluster" }, el("legend", { class: "visually-hidden" }, "Asked after"), ...keysOf(source).map((key) => {
          const box = el("input", { type: "checkbox", checked: Boolean(field.when.is?.includes(key)), onchange: () => {
            const rest = (now().when.is ?? []).filter((one) => one !== key);
            const chosen = box.checked ? [...rest, key] : rest;
            put(withPart(now(), "when", { ...now().when, is: [...keysOf(source).filter((one) => chosen.includes(one)), ...chosen.filter((one) => !keysOf(source).includes(one))] }));
          } });
          return el("label", { class: "check" }, box, el("span", { dir: "auto" }, labels.get(key)));
        }))
      : null;
    return el("div", { class: "stack stack-tight" }, control("Asked", select), answers);
  }

  function shift(place, by) {
    const [here, there] = [open.has(place), open.has(place + by)];
    for (const [at, is] of [[place, there], [place + by, here]]) {
      if (is) open.add(at);
      else open.delete(at);
    }
    write(moved(fields, place, by));
    draw();
    const buttons = [...list.children[place + by].querySelectorAll(".field-row-bar button")];
    (by < 0 && !buttons[0].disabled ? buttons[0] : by > 0 && !buttons[1].disabled ? buttons[1] : buttons[by < 0 ? 1 : 0]).focus();
    say(`“${fields[place + by].label || fields[place + by].name}” is number ${place + by + 1} of ${fields.length} now.`);
  }

  function remove(place) {
    const before = fields;
    const name = fields[place].label || fields[place].name || "The field";
    open = new Set([...open].filter((at) => at !== place).map((at) => (at > place ? at - 1 : at)));
    write(fields.filter((_, at) => at !== place));
    draw();
    undo.replaceChildren(
      `“${name}” removed.`,
      el("button", { type: "button", class: "btn btn-small", onclick: () => {
        undo.hidden = true;
        write([...fields.slice(0, place), before[place], ...fields.slice(place)]);
        draw();
        list.children[place]?.querySelector("summary").focus();
      } }, "Undo"),
    );
    undo.hidden = false;
    (list.children[Math.min(place, fields.length - 1)]?.querySelector("summary") ?? add).focus();
    say(`${name} removed.`);
  }

  function append() {
    const name = nameFor("field", fields.map((one) => one.name));
    fresh.add(name);
    open.add(fields.length);
    write([...fields, { name, label: "", kind: "text", required: true, help: "" }]);
    draw();
    list.lastElementChild.querySelector("input").focus();
    say(`Field ${fields.length} added.`);
  }

  textarea.addEventListener("input", () => own || read());
  read();
}
