// Building DOM without innerHTML: nothing that a requester or worker wrote is ever parsed as markup.

const SVG = "http://www.w3.org/2000/svg";

// el("button", {class: "btn", "aria-label": "Undo", onclick}, "text", node, null…)
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter(Boolean));
  return node;
}

// Fills a tool's root. The root is what the style sheet measures, the body inside is what it arranges.
export function fill(root, ...children) {
  root.replaceChildren(el("div", { class: "tool-body" }, ...children));
}

const ICONS = {
  draw: "M3 5V3h2M9 3h2M15 3h2v2M17 9v2M17 15v2h-2M11 17H9M5 17H3v-2M3 11V9",
  select: "M4 3l12 6-5.2 1.6L8.5 16z",
  undo: "M7 4 3.5 7.5 7 11M4 7.5h7.5a4.5 4.5 0 0 1 0 9H8",
  redo: "M13 4l3.5 3.5L13 11M16 7.5H8.5a4.5 4.5 0 0 0 0 9H12",
  delete: "M4 6h12M8 6V4h4v2M5.5 6l.8 11h7.4l.8-11M8.5 9v5M11.5 9v5",
  copy: "M7 7h9v9H7zM4 13V4h9",
  adjust: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M15.7 4.3l-1.1 1.1M5.4 14.6l-1.1 1.1",
  plus: "M10 4v12M4 10h12",
  minus: "M4 10h12",
  fit: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  keys: "M2.5 6h15v9h-15zM5.5 9h.01M8.5 9h.01M11.5 9h.01M14.5 9h.01M6.5 12.2h7",
  info: "M10 9v5M10 6.2h.01M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15",
  close: "M5 5l10 10M15 5L5 15",
};

// One of the above, or a path of its own.
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "tool-icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name] ?? name);
  svg.append(path);
  return svg;
}

// A short line in a class's colour and dash pattern, on the dark halo that it has on the picture.
export function swatch(style) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 28 14");
  svg.setAttribute("class", "tool-swatch");
  svg.setAttribute("aria-hidden", "true");
  for (const [color, width, dash] of [["#14171d", 6, ""], [style.color, 3, style.dash.join(" ")]]) {
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", "M2 7h24");
    line.setAttribute("stroke", color);
    line.setAttribute("stroke-width", width);
    if (dash) line.setAttribute("stroke-dasharray", dash);
    svg.append(line);
  }
  return svg;
}

// `key` is shown in the tooltip and told to assistive technology; a `toggle` starts unpressed.
export function button(name, label, onclick, { key = "", toggle = false, extra = "" } = {}) {
  return el(
    "button",
    {
      type: "button",
      class: `tool-button ${extra}`,
      title: key ? `${label} (${key})` : label,
      "aria-label": label,
      "aria-keyshortcuts": ariaKey(key),
      "aria-pressed": toggle ? "false" : null,
      onclick,
    },
    icon(name),
  );
}

function ariaKey(key) {
  if (!key || key.includes(" ")) return null;
  return key.replace("Ctrl", "Control");
}
