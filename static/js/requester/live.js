// The live page replaces its numbers every few seconds. What a person opened stays open, and what had the focus keeps it:
// tables and frames of charts have no ids, but their order is always the same.

const PLACES = "details, summary, [tabindex]";

function places(root) {
  return [...root.querySelectorAll(PLACES)];
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const root = event.detail.target;
  if (root.id !== "live") return;
  const all = places(root);
  const open = all.flatMap((node, place) => (node.open ? [place] : []));
  const focus = all.indexOf(document.activeElement);
  const scroll = all.map((node) => node.scrollLeft);
  document.addEventListener(
    "htmx:afterSwap",
    () => {
      const now = places(document.getElementById("live"));
      for (const place of open) if (now[place]) now[place].open = true;
      now.forEach((node, place) => {
        if (scroll[place]) node.scrollLeft = scroll[place];
      });
      now[focus]?.focus({ preventScroll: true });
    },
    { once: true },
  );
});
