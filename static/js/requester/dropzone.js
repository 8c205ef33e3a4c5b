// <div data-dropzone>: files dropped anywhere on it go into its file input.

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

export function dropzones() {
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
