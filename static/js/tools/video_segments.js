// Regions of a film, each with a class.

import { createSegments } from "./segments.js";

export const mount = (root, options) => createSegments(root, "video_segments", options, { sort: "video", field: "segments" });
