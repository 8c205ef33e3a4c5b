// A scale for a text.

import { createReading } from "./reading.js";
import { createRating } from "./rating.js";

export const mount = (root, options) => createRating(root, "text_rating", options, createReading(options));
