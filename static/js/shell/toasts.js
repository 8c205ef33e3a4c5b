// Short messages at the edge of the page.

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
