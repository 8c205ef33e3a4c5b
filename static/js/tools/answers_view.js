// Answers to look at: mounts a tool for reading on every [data-answers-view].
// data-module, data-question, data-item (ids of JSON blocks), data-media, data-media-others (id of those of further columns), and either data-layers
// (JSON [{label, color, answer}]) or data-value (one answer or result).

import { mountEach, mountTask, readJson } from "./page.js";

mountEach("[data-answers-view]", (root, module) => {
  const { question, item, media, mediaOthers, value, layers } = root.dataset;
  const task = { item: readJson(item), mediaUrl: media, mediaUrls: readJson(mediaOthers) ?? {} };
  mountTask(root, module, readJson(question), task, { draft: readJson(value), layers: readJson(layers), readonly: true });
});
