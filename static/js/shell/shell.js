// What even the lightest page has: its theme, menus that close again, dialogs that open and close.

import { applyTheme, nextTheme, storedTheme } from "./themes.js";

function onClick(event) {
  const target = event.target.closest?.("button, a, summary, input");
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (!target) return;
  if ("themeToggle" in target.dataset) applyTheme(nextTheme(storedTheme()));
  if ("dismiss" in target.dataset) target.closest("[data-dismissible]")?.remove();
  if (target.dataset.dialogOpen) document.querySelector(target.dataset.dialogOpen)?.showModal();
  if ("dialogClose" in target.dataset) target.closest("dialog")?.close();
}

function onKeydown(event) {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  }
}

export function startShell() {
  applyTheme(storedTheme());
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKeydown);
}
