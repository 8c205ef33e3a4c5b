// The question as a worker will see it, while it is being written.
//
// On a page with [data-tool-preview] (data-module, data-item, data-media, data-form = selector of the form) it mounts
// by itself and follows the form: the prompt, fields with data-extra, and class rows whose inputs are named as a Django formset
// names them (classes-0-name, classes-0-color, …), rows marked DELETE left out, in the order they stand in the page.

import { fail, loadTool, mountTask, readJson } from "./page.js";

const FIELD = /^(?:.*-)?(\d+)-(key|name|color|hotkey|description|example|DELETE|ORDER)$/;
const HOTKEYS = "123456789abcdefghijklmnopqrstuvwxyz";
const QUIET = 150;
const mounted = new WeakMap();

// How the text of an input becomes the value of a field of the question, by its data-extra; undefined: leave it out.
const EXTRA = {
  number: (text) => (text.trim() && Number.isFinite(Number(text)) ? Number(text) : undefined),
  json(text) {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  },
  flag: (text) => text === "1",
  text: (text) => text.trim(),
  choice: (text) => text,
};

// [name, value, kind of field] of all inputs of a form, also of a disabled one.
export function entriesOf(form) {
  return [...form.elements]
    .filter((input) => input.name && input.type !== "file")
    .map((input) => [input.name, input.type === "checkbox" && !input.checked ? "" : input.value, input.dataset.extra]);
}

// The question a form holds now, as forgiving as the server: what is missing is filled in. `entries` are [name, value]
// or [name, value, kind], the kind of a field besides prompt and classes.
export function readQuestion(entries) {
  const rows = new Map();
  const question = { prompt: "", classes: [] };
  for (const [name, value, kind] of entries) {
    const extra = kind && EXTRA[kind](String(value));
    if (extra !== undefined) question[name] = extra;
    if (kind) continue;
    const field = FIELD.exec(name);
    if (field) {
      const place = Number(field[1]);
      if (!rows.has(place)) rows.set(place, {});
      rows.get(place)[field[2]] = String(value);
    } else if (name === "prompt") question.prompt = String(value).trim();
  }
  const kept = [...rows.values()].filter((row) => row.name?.trim() && !row.DELETE);
  if (kept.every((row) => Number(row.ORDER) >= 0 && row.ORDER !== "")) kept.sort((a, b) => a.ORDER - b.ORDER);
  question.classes = complete(kept);
  return question;
}

function complete(rows) {
  const taken = new Set(rows.map((row) => row.hotkey?.trim().toLowerCase()).filter(Boolean));
  const free = [...HOTKEYS].filter((key) => !taken.has(key));
  const keys = new Set();
  return rows.map((row, place) => {
    let key = row.key?.trim() || row.name.trim();
    if (keys.has(key)) key = `${key} ${place}`;
    keys.add(key);
    return {
      key,
      name: row.name.trim(),
      color: /^#[0-9a-f]{6}$/i.test(row.color ?? "") ? row.color : "",
      hotkey: row.hotkey?.trim().toLowerCase() || (free.shift() ?? ""),
      description: row.description?.trim() ?? "",
      example: row.example?.trim() || null,
    };
  });
}

// Shows `question` in `root` (data-module says which tool). What was drawn or zoomed stays where the change allows it.
export async function updatePreview(root, question, item, mediaUrl) {
  const before = mounted.get(root);
  const wanted = JSON.stringify([question, item, mediaUrl]);
  if (before?.wanted === wanted) return;
  const turn = (before?.turn ?? 0) + 1;
  mounted.set(root, { ...before, wanted, turn });
  if (!question.classes.length && "classes" in root.dataset) {
    before?.tool?.destroy();
    mounted.set(root, { wanted, turn, tool: null });
    root.textContent = "Add a class to see what workers will see.";
    return;
  }
  const module = await loadTool(root);
  const now = mounted.get(root);
  // Meanwhile another change may have come; that one will mount.
  if (now.turn !== turn) return;
  const draft = now.tool?.value() ?? null;
  now.tool?.destroy();
  const mediaUrls = readJson(root.dataset.mediaOthers) ?? {};
  mounted.set(root, { ...now, tool: mountTask(root, module, question, { item, mediaUrl, mediaUrls }, { draft }) });
}

function follow(root) {
  const form = document.querySelector(root.dataset.form || "form");
  const item = readJson(root.dataset.item);
  let timer = 0;
  const update = () =>
    updatePreview(root, readQuestion(entriesOf(form)), item, root.dataset.media ?? null).catch((error) =>
      fail(root, error),
    );
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(update, QUIET);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  // Rows are added and taken away without an input event. The preview itself may stand inside the form.
  const outside = (records) => records.some((record) => !root.contains(record.target));
  new MutationObserver((records) => outside(records) && soon()).observe(form, { childList: true, subtree: true });
  update();
}

if (typeof document !== "undefined") {
  for (const root of document.querySelectorAll("[data-tool-preview]")) follow(root);
}
