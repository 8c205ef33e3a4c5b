// Sends chosen or dropped files one by one, three at a time, with retries; then starts the import.

import { csrfToken, toast } from "../app.js";
import { isJunk, isPassing, isTable, pathOf, pause, planBatches, progressText, uploadKey } from "./batches.js";
import { dropzones } from "./dropzone.js";

const PARALLEL = 3;
const TRIES = 5;

/* ---- What was dropped: folders are walked --------------------------------------------------------------------- */
const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));

async function childrenOf(entry) {
  const reader = entry.createReader();
  const all = [];
  for (;;) {
    // A reader hands out at most 100 entries a call.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return all;
    all.push(...some);
  }
}

async function walk(entry, found) {
  if (entry.isFile) {
    const file = await fileOf(entry);
    file.path = entry.fullPath.replace(/^\//, "");
    found.push(file);
  } else {
    for (const child of await childrenOf(entry)) await walk(child, found);
  }
}

async function dropped(transfer) {
  // The entries must be taken before the first await: the browser empties the list when the event is over.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  // Without entries (another program's drag, a browser that has none) there are still plain files.
  if (!entries.length) return [...transfer.files];
  const found = [];
  for (const entry of entries) await walk(entry, found);
  return found.sort((a, b) => pathOf(a).localeCompare(pathOf(b)));
}

/* ---- Requests -------------------------------------------------------------------------------------------------- */
async function call(url, fields = null) {
  const body = fields && new FormData();
  for (const [name, value] of Object.entries(fields ?? {})) body.append(name, value);
  const response = await fetch(url, {
    method: body ? "POST" : "GET",
    body,
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(answer.error?.message ?? `The server answered ${response.status}.`), { status: response.status });
  return answer;
}

// XMLHttpRequest, since fetch does not tell how much of a body has been sent.
function sendOnce(url, file, key, onSent, running) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    running.add(request);
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.upload.addEventListener("progress", (event) => onSent(Math.min(file.size, event.loaded)));
    request.addEventListener("loadend", () => {
      running.delete(request);
      let message = "";
      try {
        message = JSON.parse(request.responseText).error?.message ?? "";
      } catch {
        // No JSON: a proxy's own page, or nothing.
      }
      resolve({ status: request.status, message });
    });
    const body = new FormData();
    // The fields come before the file, so that a server may refuse before it has read the rest.
    body.append("upload_key", key);
    body.append("path", pathOf(file));
    body.append("file", file, file.name);
    request.send(body);
  });
}

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/* ---- One batch ------------------------------------------------------------------------------------------------- */
class Batch {
  constructor(files, state, show) {
    this.files = files;
    this.state = state;
    this.show = show;
    this.sent = new Map();
    this.done = new Set();
    this.failed = [];
    this.running = new Set();
    this.stopped = false;
    const known = new Set(state.received);
    for (const file of files) if (known.has(uploadKey(file))) this.finish(file);
  }

  finish(file) {
    this.done.add(file);
    this.sent.set(file, file.size);
  }

  tell() {
    const sent = [...this.sent.values()].reduce((sum, bytes) => sum + bytes, 0);
    this.show({ done: this.done.size, total: this.files.length, sent, bytes: this.files.reduce((sum, file) => sum + file.size, 0) });
  }

  async send(file) {
    for (let attempt = 0; !this.stopped; attempt += 1) {
      const note = (bytes) => {
        this.sent.set(file, bytes);
        this.tell();
      };
      const { status, message } = await sendOnce(this.state.files_url, file, uploadKey(file), note, this.running);
      if (status >= 200 && status < 300) {
        this.finish(file);
        this.tell();
        return;
      }
      this.sent.delete(file);
      if (this.stopped) return;
      if (!isPassing(status) || attempt + 1 >= TRIES) {
        this.failed.push({ file, reason: message || (status ? `The server answered ${status}.` : "No connection.") });
        return;
      }
      await wait(pause(attempt));
    }
  }

  async run() {
    this.failed = [];
    this.tell();
    const waiting = this.files.filter((file) => !this.done.has(file));
    const lane = async () => {
      while (waiting.length && !this.stopped) await this.send(waiting.shift());
    };
    await Promise.all(Array.from({ length: PARALLEL }, lane));
    return !this.stopped;
  }

  stop() {
    this.stopped = true;
    for (const request of this.running) request.abort();
  }
}

/* ---- The form -------------------------------------------------------------------------------------------------- */
function mount(form) {
  const part = (name) => form.querySelector(`[data-${name}]`);
  const card = part("progress");
  const zone = part("dropzone");
  const input = form.querySelector("#files");
  const folder = part("folder");
  let batch = null;
  let continued = null;

  const show = ({ done, total, sent, bytes }) => {
    part("progress-bar").value = bytes ? (100 * sent) / bytes : 100;
    part("progress-text").textContent = progressText(done, total, sent, bytes);
  };

  const busy = (on) => {
    card.hidden = !on;
    zone.hidden = on;
  };

  // What did not arrive is listed; the person says whether it is tried again or left out.
  function askAboutFailures() {
    part("failures").hidden = false;
    const count = batch.failed.length;
    part("failures-title").textContent = count === 1 ? "1 file did not arrive" : `${count} files did not arrive`;
    part("failures-list").replaceChildren(
      ...batch.failed.slice(0, 50).map(({ file, reason }) => Object.assign(document.createElement("li"), { textContent: `${pathOf(file)}: ${reason}` })),
    );
    return new Promise((resolve) => {
      part("retry").onclick = () => resolve(true);
      part("skip").onclick = () => resolve(false);
    }).finally(() => (part("failures").hidden = true));
  }

  async function sendBatch(files, state, title) {
    part("progress-title").textContent = title;
    batch = new Batch(files, state, show);
    do {
      if (!(await batch.run())) return null;
    } while (batch.failed.length && (await askAboutFailures()));
    return batch.stopped ? null : batch;
  }

  async function finish(state, files, arrived) {
    if (!arrived) return "";
    if (files.some(isTable)) return state.next_url;
    await call(state.start_url, { column: "" });
    return "";
  }

  async function upload(chosen) {
    if (batch) return;
    const files = chosen.filter((file) => !isJunk(file));
    if (!files.length) {
      if (chosen.length) toast("There is nothing in there to add.", "warning");
      return;
    }
    busy(true);
    let next = "";
    try {
      const parts = continued ? [files] : planBatches(files, Number(form.dataset.maxBytes), Number(form.dataset.maxFiles));
      for (const [place, some] of parts.entries()) {
        const name = some.length === 1 ? some[0].name : nameOf(some);
        const state = continued ? await call(continued) : await call(form.action, { name });
        const title = parts.length > 1 ? `Uploading part ${place + 1} of ${parts.length}` : `Uploading ${name}`;
        const sent = await sendBatch(some, state, title);
        if (!sent) break;
        next = (await finish(state, some, sent.done.size)) || next;
      }
    } catch (error) {
      toast(error.message, "danger");
    } finally {
      batch = null;
      continued = null;
      busy(false);
      input.value = "";
      if (folder) folder.value = "";
      part("dropzone-files").textContent = "";
    }
    if (next) window.location.assign(next);
    else document.body.dispatchEvent(new Event("imports-changed"));
  }

  function nameOf(files) {
    const first = pathOf(files[0]).split("/");
    const root = first.length > 1 && files.every((file) => pathOf(file).startsWith(`${first[0]}/`)) ? first[0] : "";
    return root ? `${root} (${files.length} files)` : `${files.length} files`;
  }

  input.addEventListener("change", () => upload([...input.files]));
  folder?.addEventListener("change", () => upload([...folder.files]));
  if (folder) folder.closest("label").hidden = false;
  zone.addEventListener("drop", async (event) => {
    // Before the page's own handler, which knows files alone and would put folders into the input as empty files.
    event.preventDefault();
    event.stopPropagation();
    zone.classList.remove("is-over");
    upload(await dropped(event.dataTransfer));
  });
  part("cancel").addEventListener("click", () => batch?.stop());
  window.addEventListener("beforeunload", (event) => {
    if (batch) event.preventDefault();
  });

  const revealContinue = () => {
    for (const button of document.querySelectorAll("[data-continue]")) button.hidden = false;
  };
  revealContinue();
  document.addEventListener("htmx:afterSwap", revealContinue);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-continue]");
    if (!button || batch) return;
    continued = button.dataset.continue;
    input.click();
  });
  // Closing the chooser without a choice forgets what was to be continued.
  input.addEventListener("cancel", () => (continued = null));
}

dropzones();
for (const form of document.querySelectorAll("form[data-upload]")) mount(form);
