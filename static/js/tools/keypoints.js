// Skeletons of named points.

import { shapesOf } from "../annotate/shapes.js";
import { keypointsOf } from "../forms/keypoints.js";

export const mount = shapesOf(keypointsOf);
