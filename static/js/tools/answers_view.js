// Answers to look at: mounts a tool for reading on every [data-answers-view].
// data-module, data-question, data-item (ids of JSON blocks), data-media, data-media-others (id of those of further columns), and either data-layers
// (JSON [{label, color, answer}]) or data-value (one answer or result).

import { mountEach, readJson } from "./page.js";

mountEach("[data-answers-view]", (root, { mount }) =>
  mount(root, {
    question: readJson(root.dataset.question),
    item: readJson(root.dataset.item),
    mediaUrl: root.dataset.media ?? null,
    mediaUrls: readJson(root.dataset.mediaOthers) ?? {},
    draft: readJson(root.dataset.value),
    layers: readJson(root.dataset.layers),
    readonly: true,
  }),
);
