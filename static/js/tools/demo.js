// Kinds of task to try in place: mounts a tool on every [data-tool-demo].
// data-module, data-question, data-item, data-draft (ids of JSON blocks), data-media; see templates/tools/*/demo.html.

import { loadTool, mountEach, mountTask, readJson } from "./page.js";

const SHOWN = 1600;

// data-media-second="…" → {second: "…"}
function othersOf(root) {
  const others = root.getAttributeNames().filter((name) => name.startsWith("data-media-"));
  return Object.fromEntries(others.map((name) => [name.slice("data-media-".length), root.getAttribute(name)]));
}

function mountDemo(root, module) {
  const question = readJson(root.dataset.question);
  const draft = readJson(root.dataset.draft);
  const names = new Map(question.classes.map((row) => [row.key, row.name]));
  const note = root.parentElement.querySelector("[data-tool-demo-note]");
  const idle = note?.textContent ?? "";
  let timer = 0;
  const tell = (text) => {
    if (note) note.textContent = text;
  };
  const task = { item: readJson(root.dataset.item), mediaUrl: root.dataset.media, mediaUrls: othersOf(root) };
  const tool = mountTask(root, module, question, task, {
    draft,
    onChange: (value) => value?.boxes && tell(value.boxes.length === 1 ? "1 box so far" : `${value.boxes.length} boxes so far`),
    onSubmit(value) {
      tell(`Answer: ${names.get(value.class) ?? "taken"}. A worker would see the next one now.`);
      clearTimeout(timer);
      timer = setTimeout(() => {
        tool.setValue(null);
        tell(idle);
      }, SHOWN);
    },
  });
}

// Comes when a part of the page has come into view: nobody waits for kinds that stand further down.
const seen = (root) =>
  new Promise((come) => {
    const watcher = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      come();
    });
    watcher.observe(root);
  });

async function load(root, tools) {
  if (tools[root.dataset.toolDemo]) return tools[root.dataset.toolDemo];
  await seen(root);
  return loadTool(root);
}

// tools: kind → its module, of those that are here already; the others are loaded when they come into view.
export const mountDemos = (tools = {}) => mountEach("[data-tool-demo]", mountDemo, (root) => load(root, tools));
