// A scale for a picture.

import { createPicture } from "./picture.js";
import { createRating } from "./rating.js";

export const mount = (root, options) => createRating(root, "image_rating", options, createPicture(root, options));
