// Any number of classes for a picture.

import { createPicture } from "./picture.js";
import { createSeveral } from "./several.js";

export const mount = (root, options) => createSeveral(root, "image_labels", options, createPicture(root, options));
