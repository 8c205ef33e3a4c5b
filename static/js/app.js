// What every page shares. Nothing here is needed to read a page or to send a form: it makes them nicer.

/* ---- Theme: as the system → light → dark ------------------------------------------------------------------------- */
const THEMES = ["system", "light", "dark"];

export function nextTheme(theme) {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
}

function storedTheme() {
  try {
    const theme = localStorage.getItem("theme");
    return THEMES.includes(theme) ? theme : "system";
  } catch {
    return "system";
  }
}

function applyTheme(theme) {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Not remembered then, but applied.
  }
  for (const button of document.querySelectorAll("[data-theme-toggle]")) {
    button.setAttribute("aria-label", `Theme: ${theme === "system" ? "as the system" : theme}`);
    button.title = `Theme: ${theme === "system" ? "as the system" : theme}`;
  }
}

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

function refreshTimes(root = document) {
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

/* ---- Toasts ------------------------------------------------------------------------------------------------------ */
const TOAST_MS = 6000;

export function toast(text, level = "info") {
  const area = document.getElementById("toasts");
  if (!area) return;
  const box = document.createElement("div");
  box.className = `toast toast-${level}`;
  const words = document.createElement("div");
  words.className = "toast-text";
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-quiet btn-icon btn-small";
  close.setAttribute("aria-label", "Dismiss this message");
  close.textContent = "×";
  close.addEventListener("click", () => box.remove());
  box.append(words, close);
  area.append(box);
  // Trouble stays until it is dismissed; nobody is hurried while reading or reaching for it.
  if (level === "danger" || level === "warning") return;
  let left = setTimeout(() => box.remove(), TOAST_MS);
  for (const event of ["pointerenter", "focusin"]) box.addEventListener(event, () => clearTimeout(left));
  for (const event of ["pointerleave", "focusout"]) {
    box.addEventListener(event, () => {
      clearTimeout(left);
      left = setTimeout(() => box.remove(), TOAST_MS);
    });
  }
}

/* ---- Asking first ------------------------------------------------------------------------------------------------ */
// Resolves to true when the person agrees. Options: title, action (the button's words), danger.
export function confirmWith(text, { title = "Are you sure?", action = "Continue", danger = false } = {}) {
  const dialog = document.getElementById("confirm-dialog");
  if (!dialog) return Promise.resolve(window.confirm(text));
  dialog.querySelector("#confirm-title").textContent = title;
  dialog.querySelector("#confirm-text").textContent = text;
  const button = dialog.querySelector("#confirm-action");
  button.textContent = action;
  button.classList.toggle("btn-danger", danger);
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "confirm"), { once: true });
  });
}

const confirmOptions = (element) => ({
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

/* ---- Dropzone: files dropped on it go into its file input -------------------------------------------------------- */
export function describeFiles(files) {
  const list = [...files];
  if (!list.length) return "";
  const bytes = list.reduce((sum, file) => sum + file.size, 0);
  const size = bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return list.length === 1 ? `${list[0].name}, ${size}` : `${list.length} files, ${size}`;
}

function showFiles(zone) {
  const input = zone.querySelector("input[type=file]");
  const place = zone.querySelector("[data-dropzone-files]");
  if (input && place) place.textContent = describeFiles(input.files);
}

function dropzones() {
  const zoneOf = (event) => event.target.closest?.("[data-dropzone]");
  document.addEventListener("dragover", (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    zone.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => {
    const zone = zoneOf(event);
    if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("is-over");
  });
  document.addEventListener("drop", (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    zone.classList.remove("is-over");
    const input = zone.querySelector("input[type=file]");
    if (!input || !event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("change", (event) => {
    const zone = zoneOf(event);
    if (zone) showFiles(zone);
  });
}

/* ---- Clicks ------------------------------------------------------------------------------------------------------ */
async function copy(button) {
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

function onClick(event) {
  const target = event.target.closest?.("button, a, summary, input");
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (!target) return;
  if ("themeToggle" in target.dataset) applyTheme(nextTheme(storedTheme()));
  if ("copy" in target.dataset || "copyTarget" in target.dataset) copy(target);
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

/* ---- htmx -------------------------------------------------------------------------------------------------------- */
export function csrfToken() {
  return document.querySelector("meta[name=csrf-token]")?.content ?? "";
}

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

function wireHtmx() {
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
}

/* ---- Small conveniences ------------------------------------------------------------------------------------------ */
function autosubmit(event) {
  event.target.closest?.("form[data-autosubmit]")?.requestSubmit();
}

function start() {
  applyTheme(storedTheme());
  refreshTimes();
  setInterval(refreshTimes, 20_000);
  document.addEventListener("submit", askBeforeSubmit, { capture: true });
  document.addEventListener("submit", sendOnce);
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKeydown);
  document.addEventListener("change", autosubmit);
  window.addEventListener("pageshow", forgetSending);
  watchUnsaved();
  dropzones();
  wireHtmx();
  const place = document.querySelector(".subnav [aria-current]");
  if (place) place.parentElement.scrollLeft = place.offsetLeft - (place.parentElement.clientWidth - place.clientWidth) / 2;
}

// Absent when the pure functions above are tested outside a browser.
if (typeof document !== "undefined") start();
