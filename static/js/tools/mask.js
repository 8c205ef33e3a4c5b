// Masks painted with a brush.

import { createEditor } from "../masks/editor.js";
import { createViewer } from "../masks/viewer.js";
import { toolOf } from "../masks/mount.js";

export const mount = toolOf((options) => (options.readonly || options.layers?.length ? createViewer : createEditor));
