// What the browser tells of the person and the page: whether somebody is there, looks, leaves, comes back, is online.

const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove"];

// on: {touched(), seen(whether), left(), back() from the browser's own memory of the page, online()}
export function listen(on, { page = document, window = globalThis } = {}) {
  for (const sign of SIGNS) page.addEventListener(sign, () => on.touched(), { passive: true });
  page.addEventListener("visibilitychange", () => on.seen(!page.hidden));
  window.addEventListener("pagehide", () => on.left());
  window.addEventListener("pageshow", (event) => event.persisted && on.back());
  window.addEventListener("online", () => on.online());
}
