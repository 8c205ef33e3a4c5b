// Open lines.

import { shapesOf } from "../annotate/shapes.js";
import { POLYLINE } from "../forms/polyline.js";

export const mount = shapesOf(() => POLYLINE);
