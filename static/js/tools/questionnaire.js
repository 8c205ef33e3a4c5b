// A form about a text: what to look up, whom to ask, where to go.

import { createForm } from "./form.js";
import { createReading } from "./reading.js";

export const mount = (root, options) => createForm(root, "questionnaire", options, createReading(options));
