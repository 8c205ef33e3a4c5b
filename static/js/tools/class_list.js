// The classes as a column of buttons. Names such as "Animal > Dog" stand under the heading "Animal"; more than ten
// classes can be searched.

import { el } from "../annotate/dom.js";
import { stylesOf } from "../annotate/styles.js";

const MANY = 10;
const PARTED = / *> */;

// labelledBy: id of the prompt; onPick(key, event) when a class is clicked. → {node, has(key), show(keys)}
export function createClassList({ question, labelledBy, closed, onPick }) {
  const styles = stylesOf(question.classes);
  const choices = new Map(
    question.classes.map((row) => [row.key, choiceButton(row, styles.get(row.key), (event) => onPick(row.key, event))]),
  );
  for (const node of choices.values()) node.disabled = closed;
  const list = el("div", { class: "choice-list", role: "group", "aria-labelledby": labelledBy });
  let heading = "";
  for (const row of question.classes) {
    const above = row.name.split(PARTED).slice(0, -1).join(" › ");
    if (above && above !== heading) list.append(el("p", { class: "choice-heading", dir: "auto" }, above));
    heading = above;
    list.append(choices.get(row.key));
  }
  const node = el("div", { class: "choices-side" }, list);
  if (question.classes.length > MANY) {
    list.classList.add("is-long");
    if (!closed) import("./class_search.js").then(({ addSearch }) => addSearch(node, list, question.classes, choices));
  }
  return {
    node,
    has: (key) => styles.has(key),
    show(keys) {
      for (const [key, one] of choices) one.setAttribute("aria-pressed", String(keys.includes(key)));
    },
  };
}

function choiceButton(row, style, onclick) {
  const node = el(
    "button",
    { type: "button", class: "choice", "aria-keyshortcuts": row.hotkey || null, onclick },
    row.hotkey ? el("kbd", { class: "choice-key", "aria-hidden": "true" }, row.hotkey.toUpperCase()) : null,
    el(
      "span",
      { class: "choice-text" },
      el("span", { class: "choice-name", dir: "auto" }, row.name.split(PARTED).at(-1)),
      row.description ? el("span", { class: "choice-note", dir: "auto" }, row.description) : null,
    ),
  );
  node.style.setProperty("--shape", style.color);
  return node;
}
