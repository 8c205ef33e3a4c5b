// A label that a text has already, to be judged.

import { createChoice } from "./choice.js";
import { withClaim } from "./claim.js";
import { createReading } from "./reading.js";

export const mount = (root, options) =>
  createChoice(root, "text_check", options, withClaim(createReading(options), "Label", options.item.label));
