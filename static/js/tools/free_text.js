// A text to read, and a field to write in.

import { createReading } from "./reading.js";
import { createWriting } from "./writing.js";

export const mount = (root, options) => createWriting(root, "free_text", options, createReading(options));
