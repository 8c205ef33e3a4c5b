// One class for a text.

import { createChoice } from "./choice.js";
import { createReading } from "./reading.js";

export const mount = (root, options) => createChoice(root, "text_classification", options, createReading(options));
