// Ellipses and circles.

import { shapesOf } from "../annotate/shapes.js";
import { ELLIPSE } from "../forms/ellipse.js";

export const mount = shapesOf(() => ELLIPSE);
