// Doing some items oneself: one after the other in the kind's own tool, timed; what was said goes into a form at the end.

import { answerOf, mountEach, mountTask, readJson } from "../tools/page.js";

// The middle one of the times, for "a worker may need about as long".
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const spoken = (seconds) => (seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

// What an item is called in a list: the beginning of its text, or its number.
export const excerpt = (item, number) => (item.text ? `“${item.text.slice(0, 60)}${item.text.length > 60 ? "…" : ""}”` : `item ${number + 1}`);

function explanationRow(number, given, item) {
  const id = `try-why-${number}`;
  const row = document.createElement("li");
  const label = document.createElement("label");
  label.htmlFor = id;
  label.textContent = `Why is that the answer to ${excerpt(item, number)}? Shown in training, optional.`;
  label.className = "field-label";
  const input = document.createElement("input");
  input.id = id;
  input.maxLength = 1000;
  input.addEventListener("input", () => (given.explanation = input.value));
  row.append(label, input);
  return row;
}

function run(root, module) {
  const work = readJson(root.dataset.work);
  const part = (name, from = document) => from.querySelector(`[data-try-${name}]`);
  const note = part("note", root);
  const form = part("form");
  const given = [];
  let at = 0;
  let tool = null;
  let began = 0;

  function finish() {
    tool?.destroy();
    root.hidden = true;
    form.hidden = false;
    part("count").textContent = "";
    part("times").textContent = given.length
      ? `${given.length} of ${work.tasks.length} answered, ${spoken(median(given.map((one) => one.seconds)))} each.`
      : "Nothing was answered.";
    part("answers").replaceChildren(...given.map((one, number) => explanationRow(number, one, work.tasks.find((task) => task.task === one.task).item)));
    form.addEventListener("submit", () => {
      form.elements.answers.value = JSON.stringify(given.map(({ task, answer, explanation }) => ({ task, answer, explanation })));
    });
    form.querySelector("button, a")?.focus();
  }

  function next() {
    at += 1;
    if (at >= work.tasks.length) finish();
    else show();
  }

  function give(value) {
    given.push({ task: work.tasks[at].task, answer: value, explanation: "", seconds: (performance.now() - began) / 1000 });
    next();
  }

  function show() {
    tool?.destroy();
    note.textContent = "";
    part("count").textContent = `${at + 1} of ${work.tasks.length}`;
    tool = mountTask(part("tool", root), module, work.question, work.tasks[at], {
      onChange: () => (note.textContent = ""),
      // In a step of its own: the tool is still in its event.
      onSubmit: (value) => setTimeout(() => give(value)),
    });
    began = performance.now();
  }

  part("next", root).addEventListener("click", () => {
    const { value, refused } = answerOf(tool);
    if (refused) note.textContent = refused;
    else give(value);
  });
  part("skip", root).addEventListener("click", next);
  show();
}

mountEach("[data-try]", run);
