// Outlines of things.

import { shapesOf } from "../annotate/shapes.js";
import { POLYGON } from "../forms/polygon.js";

export const mount = shapesOf(() => POLYGON);
