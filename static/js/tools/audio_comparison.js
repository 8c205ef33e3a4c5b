// Two sounds, one above the other: which is better?

import { createComparison } from "./comparison.js";
import { createHearing } from "./hearing.js";

export function mount(root, options) {
  const group = [];
  return createComparison(root, "audio_comparison", options, (which, side) => {
    const { item, mediaUrl, mediaUrls } = options;
    const shown = which === "first" ? { item, mediaUrl } : { item: item.second, mediaUrl: mediaUrls.second };
    return createHearing(root, shown, { sort: "audio", label: `${side} sound`, arrows: false, group });
  });
}
