// Two pictures side by side.

import { createComparison } from "./comparison.js";
import { createPicture } from "./picture.js";

export const mount = (root, options) =>
  createComparison(root, "image_comparison", options, (which, side) => {
    const { item, mediaUrl, mediaUrls } = options;
    const shown = which === "first" ? { item, mediaUrl } : { item: item.second, mediaUrl: mediaUrls.second };
    return createPicture(root, shown, { label: `${side} picture. Arrows choose, plus and minus zoom.` });
  });
