// Many people's boxes at once hide the picture: on an item's page the result is shown alone at first, the answers on demand.

export function showFirstAlone(root) {
  for (const input of [...root.querySelectorAll(".layer-list input[type=checkbox]")].slice(1)) {
    input.checked = false;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

for (const root of typeof document === "undefined" ? [] : document.querySelectorAll("[data-result-first]")) {
  if ("ready" in root.dataset) showFirstAlone(root);
  else {
    const watcher = new MutationObserver(() => {
      watcher.disconnect();
      showFirstAlone(root);
    });
    watcher.observe(root, { attributeFilter: ["data-ready"] });
  }
}
