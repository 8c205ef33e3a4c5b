// For pages with htmx: its requests carry our token, its questions our dialog, and polled parts rest and tell.

import { confirmOptions, confirmWith, csrfToken, refreshTimes, toast } from "./app.js";

const isPoll = (element) => element.getAttribute?.("hx-trigger")?.includes("every") ?? false;

// What the reader has unfolded in a polled part (a chart's table) stays unfolded when the part is replaced.
const unfolded = new Map();

function rememberOpen(part) {
  if (part.id) unfolded.set(part.id, [...part.querySelectorAll("details")].map((details) => details.open));
}

function restoreOpen() {
  for (const [id, states] of unfolded) {
    const all = document.getElementById(id)?.querySelectorAll("details") ?? [];
    if (all.length === states.length) all.forEach((details, place) => { details.open = states[place]; });
  }
  unfolded.clear();
}

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrfToken();
});
document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  confirmWith(event.detail.question, confirmOptions(event.detail.elt)).then((yes) => {
    if (yes) event.detail.issueRequest(true);
  });
});
// A hidden page asks the server nothing; when it is seen again it is refreshed at once.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && isPoll(event.detail.elt) && !event.detail.requestConfig.triggeringEvent) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden || !window.htmx) return;
  for (const element of document.querySelectorAll("[hx-trigger*=every][hx-get]")) {
    window.htmx.ajax("get", element.getAttribute("hx-get"), { source: element, target: element, swap: element.getAttribute("hx-swap") ?? "innerHTML" });
  }
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful, xhr } = event.detail;
  if (isPoll(elt)) {
    elt.classList.toggle("is-stale", !successful);
    return;
  }
  if (successful || xhr.status === 422) return;
  toast(xhr.status ? "That did not work. Reload the page and try again." : "No connection to the server. Nothing was sent.", "danger");
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (isPoll(event.detail.elt)) rememberOpen(event.detail.elt);
});
document.addEventListener("htmx:afterSwap", (event) => {
  restoreOpen();
  refreshTimes(event.detail.target.parentElement ?? document);
});
// A response may carry HX-Trigger: {"toast": {"text": "Saved.", "level": "success"}}.
document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.level));
