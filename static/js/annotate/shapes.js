// A kind whose answer is a list of shapes, to draw with and to look at: what pages other than the work page load.

import { createEditor, mountOf } from "./editor.js";
import { createViewer } from "./viewer.js";

export const shapesOf = (formOf) => mountOf(formOf, (options) => (options.readonly || options.layers?.length ? createViewer : createEditor));
