// Regions of a sound, each with a class.

import { createSegments } from "./segments.js";

export const mount = (root, options) => createSegments(root, "audio_regions", options, { sort: "audio", field: "regions" });
