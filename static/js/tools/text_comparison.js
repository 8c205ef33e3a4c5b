// Two texts side by side.

import { createComparison } from "./comparison.js";
import { createReading } from "./reading.js";

export const mount = (root, options) =>
  createComparison(root, "text_comparison", options, (which, side) => {
    const { item } = options;
    const reading = createReading({ item: which === "first" ? item : { text: item.second } });
    reading.node.setAttribute("aria-label", `${side} text`);
    return reading;
  });
