// Kinds of task to try in place: mounts a tool on every [data-tool-demo].
// data-module, data-question, data-item, data-draft (ids of JSON blocks), data-media; see templates/tools/*/demo.html.

import { loadTool, mountEach, readJson } from "./page.js";

const SHOWN = 1600;

function mountDemo(root, { mount }) {
  const question = readJson(root.dataset.question);
  const draft = readJson(root.dataset.draft);
  const names = new Map(question.classes.map((row) => [row.key, row.name]));
  const note = root.parentElement.querySelector("[data-tool-demo-note]");
  const idle = note?.textContent ?? "";
  let timer = 0;
  const tell = (text) => {
    if (note) note.textContent = text;
  };
  const tool = mount(root, {
    question,
    item: readJson(root.dataset.item),
    mediaUrl: root.dataset.media ?? null,
    draft,
    readonly: false,
    onChange: (value) => value.boxes && tell(value.boxes.length === 1 ? "1 box so far" : `${value.boxes.length} boxes so far`),
    onSubmit(value) {
      tell(`Answer: ${names.get(value.class)}. A worker would see the next one now.`);
      clearTimeout(timer);
      timer = setTimeout(() => {
        tool.setValue(null);
        tell(idle);
      }, SHOWN);
    },
  });
}

// tools: kind → its module, of those that are here already.
export const mountDemos = (tools = {}) => mountEach("[data-tool-demo]", mountDemo, (root) => tools[root.dataset.toolDemo] ?? loadTool(root));
