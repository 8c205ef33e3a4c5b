// What the work page shows. Takes plain values, knows nothing of assignments, the network or the outbox.

import { meant } from "../annotate/keyboard.js";
import { clockText, urgency } from "./clocks.js";

const find = (name) => document.querySelector(`[data-${name}]`);
const KEYS = { i: "instructions", s: "skip", u: "undo" };

export class View {
  // act: {instructions, report, return, skip, back, undo, submit} → functions
  constructor(act) {
    this.act = act;
    this.stage = find("stage");
    this.panel = find("panel");
    this.sheet = find("sheet");
    this.taken = new Set(); // letters that are class keys of this question
    document.addEventListener("click", (event) => {
      const button = event.target.closest?.("[data-act]");
      if (!button || button.disabled) return;
      button.closest("details[open]")?.removeAttribute("open");
      this.act[button.dataset.act]();
    });
    // On window: the tool listens on the document and is asked first.
    window.addEventListener("keydown", (event) => this.onKey(event));
    this.showKeys();
  }

  button(name) {
    return document.querySelector(`button[data-act=${name}]`);
  }

  // The page's own keys yield to the tool's: a letter that names a class is not ours.
  setClassKeys(letters) {
    this.taken = new Set(letters);
    this.showKeys();
  }

  showKeys() {
    for (const element of document.querySelectorAll("[data-key]")) element.hidden = this.taken.has(element.dataset.key);
  }

  onKey(pressed) {
    if (pressed.defaultPrevented || pressed.repeat || pressed.altKey) return;
    const event = meant(pressed);
    if (this.sheet.open && event.key === "i") return this.sheet.close();
    if (event.target.closest?.("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
    const ctrl = event.ctrlKey || event.metaKey;
    const letter = event.key.toLowerCase();
    if (event.key === "Enter" && (ctrl || !event.target.closest?.("button, a, summary"))) {
      if (!this.button("submit").hidden) this.press("submit", event);
    } else if (ctrl) return;
    else if (event.key === "Backspace") this.press("undo", event);
    else if (KEYS[letter] && !this.taken.has(letter)) this.press(KEYS[letter], event);
  }

  press(name, event) {
    event.preventDefault();
    const button = this.button(name);
    if (!button?.disabled) this.act[name]();
  }

  // ---- The task in work ----------------------------------------------------------------------------------------
  // A fresh, empty element for a tool: nothing of the last task can be left in it.
  freshStage() {
    this.panel.hidden = true;
    this.stage.hidden = false;
    const root = document.createElement("div");
    root.className = "work-tool";
    this.stage.replaceChildren(root);
    this.say("");
    this.button("skip").hidden = this.button("skip").disabled = false;
    this.button("report").disabled = false;
    return root;
  }

  progress(at, count) {
    find("progress").hidden = count < 2;
    find("progress-text").textContent = `${at + 1} of ${count}`;
    find("progress-bar").max = count;
    find("progress-bar").value = at;
    this.button("back").hidden = at === 0;
  }

  submitButton(shown, text = "Submit") {
    const button = this.button("submit");
    button.hidden = !shown;
    find("submit-text").textContent = text;
  }

  clock(left) {
    const clock = find("clock");
    clock.hidden = left === null;
    if (left === null) return;
    clock.dataset.urgency = urgency(left);
    find("clock-text").textContent = clockText(left);
  }

  earned(text, count) {
    find("earned-text").textContent = text;
    find("earned").setAttribute("aria-label", `${text} handed in, ${count} ${count === 1 ? "task" : "tasks"}, since this tab was opened`);
    find("earned").setAttribute("role", "img");
  }

  // What is wrong with the answer, beside the button that was pressed.
  say(text, tone = "warning") {
    const box = find("say");
    box.textContent = text;
    box.dataset.tone = tone;
  }

  announce(text) {
    find("announce").textContent = text;
  }

  // ---- Handed in -----------------------------------------------------------------------------------------------
  undo(text) {
    find("undo").hidden = !text;
    find("undo-text").textContent = text;
  }

  sync({ waiting, sending, trouble }) {
    const count = waiting.length;
    const box = find("sync");
    box.dataset.trouble = trouble ? trouble.kind : "";
    if (trouble && count) box.textContent = `${count} kept in this browser`;
    else if (sending) box.textContent = "Saving…";
    else box.textContent = count || !this.busyOnce ? "" : "Saved";
    this.busyOnce ||= count > 0;
  }

  // ---- Instead of a task ---------------------------------------------------------------------------------------
  // actions: [{text, run | href, primary}]
  instead({ title, text = "", actions = [], busy = false, focus = true }) {
    this.stage.hidden = true;
    this.stage.replaceChildren();
    this.panel.hidden = false;
    find("panel-spinner").hidden = !busy;
    find("panel-title").textContent = title;
    find("panel-text").textContent = text;
    find("panel-actions").replaceChildren(...actions.map((action) => actionElement(action, "btn")));
    this.button("skip").hidden = this.button("skip").disabled = true;
    this.button("report").disabled = true;
    this.button("back").hidden = true;
    this.submitButton(false);
    find("progress").hidden = true;
    this.clock(null);
    this.say("");
    if (focus && !busy) this.panel.focus({ preventScroll: true });
  }

  // A line above the task that stays until it is dismissed or `notice(id, null)`.
  notice(id, content) {
    const area = find("notices");
    const old = area.querySelector(`[data-notice="${CSS.escape(id)}"]`);
    if (!content) {
      old?.remove();
      return;
    }
    const { tone = "warning", text, actions = [], onDismiss = null } = content;
    const box = document.createElement("div");
    box.className = `alert alert-${tone}`;
    box.dataset.notice = id;
    const words = document.createElement("div");
    words.className = "alert-body";
    words.textContent = text;
    box.append(words, ...actions.map((action) => actionElement(action, "btn btn-small")));
    if (onDismiss) box.append(actionElement({ text: "Dismiss", run: () => (box.remove(), onDismiss()) }, "btn btn-small"));
    // The same words again would be read out again.
    if (old?.textContent === box.textContent) return;
    if (old) old.replaceWith(box);
    else area.append(box);
  }

  toggleInstructions() {
    if (this.sheet.open) this.sheet.close();
    else this.sheet.showModal();
  }
}

function actionElement({ text, run, href, primary = false }, plain) {
  const element = document.createElement(href ? "a" : "button");
  element.className = primary ? "btn btn-primary" : plain;
  element.textContent = text;
  if (href) element.href = href;
  else {
    element.type = "button";
    element.addEventListener("click", run);
  }
  return element;
}
