// Bounding boxes.

import { shapesOf } from "../annotate/shapes.js";
import { BOX } from "../forms/box.js";

export const mount = shapesOf(() => BOX);
