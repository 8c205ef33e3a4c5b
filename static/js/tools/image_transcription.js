// A picture to read, and a field to type in.

import { createPicture } from "./picture.js";
import { createWriting } from "./writing.js";

export const mount = (root, options) => createWriting(root, "image_transcription", options, createPicture(root, options));
