// What every page shares. Nothing here is needed to read a page or to send a form: it makes them nicer. The work page, which
// must be light, takes of it what is in shell/.

import * as asking from "./shell/asking.js";
import { startShell } from "./shell/shell.js";
import * as toasts from "./shell/toasts.js";

export const confirmWith = asking.confirmWith;
export const toast = toasts.toast;

/* ---- Times ------------------------------------------------------------------------------------------------------- */
// The same words as `spoken_distance` in tasks_app/templatetags/quorate.py.
export function relativeTime(then, now) {
  const seconds = (now - then) / 1000;
  const size = Math.abs(seconds);
  if (size < 45) return seconds >= 0 ? "just now" : "in a moment";
  for (const [limit, unit, name] of [[3600, 60, "min"], [86400, 3600, "h"], [30 * 86400, 86400, "d"]]) {
    if (size < limit) {
      const text = `${Math.max(1, Math.floor(size / unit))} ${name}`;
      return seconds >= 0 ? `${text} ago` : `in ${text}`;
    }
  }
  return new Date(then).toISOString().slice(0, 10);
}

export function localMoment(date) {
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

export function refreshTimes(root = document) {
  const now = Date.now();
  for (const time of root.querySelectorAll("time[data-relative]")) {
    const then = Date.parse(time.dateTime);
    if (Number.isNaN(then)) continue;
    const text = relativeTime(then, now);
    if (time.textContent !== text) time.textContent = text;
  }
  for (const time of root.querySelectorAll("time[data-local]:not([data-done])")) {
    const then = new Date(time.dateTime);
    if (Number.isNaN(then.getTime())) continue;
    time.title = time.textContent;
    time.textContent = localMoment(then);
    time.dataset.done = "";
  }
}

/* ---- Asking first ------------------------------------------------------------------------------------------------ */
export const confirmOptions = (element) => ({
  title: element.dataset.confirmTitle,
  action: element.dataset.confirmAction || element.textContent.trim() || undefined,
  danger: "confirmDanger" in element.dataset || element.classList.contains("btn-danger"),
});

const agreed = new WeakSet();

async function askBeforeSubmit(event) {
  const form = event.target;
  const submitter = event.submitter;
  const asker = submitter?.dataset.confirm ? submitter : form.dataset.confirm ? form : null;
  if (!asker || agreed.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const options = { ...confirmOptions(submitter ?? form) };
  options.title = asker.dataset.confirmTitle;
  if (await confirmWith(asker.dataset.confirm, options)) {
    agreed.add(form);
    form.requestSubmit(submitter ?? undefined);
    agreed.delete(form);
  }
}

/* ---- Forms ------------------------------------------------------------------------------------------------------- */
const SENDING_MS = 10_000;

// A second click on a slow form sends nothing twice. htmx forms look after themselves.
function sendOnce(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.target || form.matches("[hx-post], [hx-put], [hx-delete]")) return;
  if ("sending" in form.dataset) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "";
  event.submitter?.setAttribute("aria-busy", "true");
  // An answer that is a download leaves the page standing: its form works again after a while.
  setTimeout(forgetSending, SENDING_MS);
}

function forgetSending() {
  for (const form of document.querySelectorAll("form[data-sending]")) delete form.dataset.sending;
  for (const button of document.querySelectorAll("[type=submit][aria-busy]")) button.removeAttribute("aria-busy");
}

// <form data-guard>: leaving with unsaved changes asks first.
const unsaved = new Set();

function watchUnsaved() {
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-guard]");
    if (form) unsaved.add(form);
  });
  document.addEventListener("submit", (event) => unsaved.delete(event.target));
  window.addEventListener("beforeunload", (event) => {
    if ([...unsaved].some((form) => form.isConnected)) event.preventDefault();
  });
}

/* ---- Copying ----------------------------------------------------------------------------------------------------- */
async function copy(event) {
  const button = event.target.closest?.("[data-copy], [data-copy-target]");
  if (!button) return;
  const source = button.dataset.copyTarget ? document.querySelector(button.dataset.copyTarget) : null;
  const text = button.dataset.copy ?? source?.value ?? source?.textContent ?? "";
  try {
    await navigator.clipboard.writeText(text.trim());
    toast("Copied.", "success");
  } catch {
    // No permission or no HTTPS: select it, so that Ctrl+C does it.
    if (source) {
      const range = document.createRange();
      range.selectNodeContents(source);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    }
    toast("The browser did not allow copying. Press Ctrl+C.", "warning");
  }
}

/* ---- What modules of a page send along ----------------------------------------------------------------------------- */
export function csrfToken() {
  return document.querySelector("meta[name=csrf-token]")?.content ?? "";
}

/* ---- Small conveniences ------------------------------------------------------------------------------------------ */
function autosubmit(event) {
  event.target.closest?.("form[data-autosubmit]")?.requestSubmit();
}

function start() {
  startShell();
  refreshTimes();
  setInterval(refreshTimes, 20_000);
  document.addEventListener("submit", askBeforeSubmit, { capture: true });
  document.addEventListener("submit", sendOnce);
  document.addEventListener("click", copy);
  document.addEventListener("change", autosubmit);
  window.addEventListener("pageshow", forgetSending);
  watchUnsaved();
  const place = document.querySelector(".subnav [aria-current]");
  if (place) place.parentElement.scrollLeft = place.offsetLeft - (place.parentElement.clientWidth - place.clientWidth) / 2;
}

// Absent when the pure functions above are tested outside a browser.
if (typeof document !== "undefined") start();
