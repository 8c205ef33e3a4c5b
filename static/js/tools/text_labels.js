// Any number of classes for a text.

import { createReading } from "./reading.js";
import { createSeveral } from "./several.js";

export const mount = (root, options) => createSeveral(root, "text_labels", options, createReading(options));
