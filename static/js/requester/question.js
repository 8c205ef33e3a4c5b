// The class rows of the question: added, removed and moved in place. Without this module the same buttons do the same
// by a round trip; nothing typed is lost either way.

import { csrfToken, toast } from "../app.js";
import { fail, readJson } from "../tools/page.js";
import { entriesOf, readQuestion, updatePreview } from "../tools/preview.js";

const PALETTE = ["#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#BBBBBB"];
const HOTKEYS = "123456789abcdefghijklmnopqrstuvwxyz";
// The number that the blank row in the template carries in place of its own.
const BLANK = "999999999";
const ACTION = /^(add|remove|up|down)(?::(\d+))?$/;

// The first of `choices` that is not in `taken` (compared without case); `fallback` when all are.
export function firstFree(choices, taken, fallback = "") {
  const used = new Set([...taken].map((one) => one.toLowerCase()));
  return [...choices].find((one) => !used.has(one.toLowerCase())) ?? fallback;
}

export function nextNumber(numbers) {
  return Math.max(-1, ...numbers) + 1;
}

function edit(form) {
  const list = form.querySelector("#class-rows");
  const template = document.getElementById("class-row-template");
  const status = document.getElementById("rows-status");
  const many = document.getElementById("many-classes");
  const rows = () => [...list.children];
  const field = (row, name) => row.querySelector(`[name$="-${name}"]`);
  const values = (name) => rows().map((row) => field(row, name).value);
  const named = (row) => field(row, "name").value.trim() || `class ${rows().indexOf(row) + 1}`;
  const say = (text) => {
    status.textContent = text;
  };

  // Places are in the labels, so they follow every change; so do the ends of the list and the warning.
  function renumber() {
    const all = rows();
    all.forEach((row, place) => {
      for (const node of row.querySelectorAll("[aria-label], [alt]")) {
        for (const name of ["aria-label", "alt"]) {
          const text = node.getAttribute(name);
          if (text) node.setAttribute(name, text.replace(/class \d+/, `class ${place + 1}`));
        }
      }
      row.querySelector('[data-move="up"]').disabled = place === 0;
      row.querySelector('[data-move="down"]').disabled = place === all.length - 1;
    });
    many.hidden = all.length <= Number(many.dataset.above);
    // An unsaved change that no input event tells of.
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function add() {
    const number = nextNumber(rows().map((row) => Number(row.dataset.row)));
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll(BLANK, String(number));
    const row = holder.content.querySelector("li");
    field(row, "color").value = firstFree(PALETTE, values("color"), PALETTE[rows().length % PALETTE.length]);
    field(row, "hotkey").value = firstFree(HOTKEYS, values("hotkey"));
    list.append(row);
    renumber();
    field(row, "name").focus();
    say(`Class ${rows().length} added.`);
  }

  function move(row, way, button) {
    if (way === "up") row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    renumber();
    row.classList.remove("is-moved");
    void row.offsetWidth; // begins the animation anew
    row.classList.add("is-moved");
    // The button that was pressed travels with its row; at the end of the list its twin takes over.
    const usable = button.disabled ? row.querySelector(`[data-move="${way === "up" ? "down" : "up"}"]`) : button;
    usable.focus();
    say(`${named(row)} is number ${rows().indexOf(row) + 1} of ${rows().length} now.`);
  }

  let undo = null;

  function remove(row) {
    const after = row.nextElementSibling;
    const name = named(row);
    const next = after ?? row.previousElementSibling;
    row.remove();
    renumber();
    (next ? next.querySelector("[data-remove]") : form.querySelector("#add-class")).focus();
    say(`${name} removed.`);
    undo?.remove();
    undo = document.createElement("p");
    undo.className = "rows-undo";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-small";
    button.textContent = "Undo";
    button.addEventListener("click", () => {
      list.insertBefore(row, after?.isConnected ? after : null);
      undo.remove();
      renumber();
      field(row, "name").focus();
      say(`${name} is back.`);
    });
    undo.append(`“${name}” removed.`, button);
    list.after(undo);
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest('button[name="do"]');
    const action = button && ACTION.exec(button.value);
    if (!action) return;
    event.preventDefault();
    const row = button.closest(".class-row");
    if (action[1] === "add") add();
    else if (action[1] === "remove") remove(row);
    else move(row, action[1], button);
  });

  form.addEventListener("change", (event) => {
    const row = event.target.closest(".class-row");
    if (event.target.matches("[data-example-file]") && event.target.files.length) send(row, event.target);
    if (event.target.name?.endsWith("-drop_example")) {
      const example = row.querySelector("[data-example]");
      if (event.target.checked) example.dataset.was = example.value;
      example.value = event.target.checked ? "" : (example.dataset.was ?? "");
    }
  });

  // Stored as soon as it is chosen: it is seen at once and survives whatever else is wrong with the form.
  async function send(row, input) {
    const body = new FormData();
    body.append("file", input.files[0]);
    input.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(form.dataset.upload, { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } });
      const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
      const answer = isJson ? await response.json() : { message: "The server did not take this image." };
      complain(row, response.ok ? "" : answer.message);
      if (response.ok) {
        show(row, answer);
        say("Example image stored.");
      }
    } catch {
      toast("No connection to the server. The image is sent when you save.", "warning");
      return;
    } finally {
      input.removeAttribute("aria-busy");
    }
    // Stored or refused: it need not be sent again with the form.
    input.value = "";
  }

  function show(row, { sha256, thumb }) {
    row.querySelector("[data-example]").value = sha256;
    const image = row.querySelector("[data-example-image]");
    image.src = thumb;
    image.hidden = false;
    row.querySelector("[data-example-shown]").hidden = false;
    row.querySelector('[name$="-drop_example"]').checked = false;
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function complain(row, message) {
    const errors = row.querySelector(".class-row-errors");
    errors.hidden = !message;
    errors.replaceChildren();
    if (message) {
      const line = document.createElement("li");
      line.textContent = message;
      errors.append(line);
      say(message);
    }
  }
}

const QUIET = 150;

// The preview follows the form, rows that come and go included. It knows the example images that the form shows.
function preview(form, root) {
  const item = readJson(root.dataset.item);
  let timer = 0;
  const update = () => {
    const question = readQuestion(entriesOf(form));
    for (const row of question.classes) {
      const input = row.example && form.querySelector(`[data-example][value="${CSS.escape(row.example)}"]`);
      row.example_url = input ? input.closest(".class-row").querySelector("[data-example-image]").src : null;
    }
    updatePreview(root, question, item, root.dataset.media ?? null).catch((error) => fail(root, error));
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(update, QUIET);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  update();
}

function sizes() {
  const group = document.getElementById("preview-size");
  const frame = document.getElementById("preview-frame");
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-size]");
    if (!chosen) return;
    frame.classList.toggle("is-phone", chosen.dataset.size === "phone");
    for (const one of group.children) one.setAttribute("aria-pressed", String(one === chosen));
  });
}

if (typeof document !== "undefined") {
  const form = document.getElementById("question-form");
  if (form?.querySelector("#add-class")) edit(form);
  const fields = form?.querySelector('textarea[name="fields"][data-extra="json"]');
  // Nobody may write here where the form is only shown.
  if (fields && !fields.matches(":disabled")) {
    const said = document.getElementById("rows-status");
    import("./fields_editor.js").then(({ editFields }) => editFields(fields, (text) => (said.textContent = text)));
  }
  if (form) {
    preview(form, document.querySelector("[data-question-preview]"));
    sizes();
  }
}
