// Asking before something is done that cannot be taken back.

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
