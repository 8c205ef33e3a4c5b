// The work page with the tool of its kind.

import * as tool from "../../tools/bounding_box.js";
import { begin } from "../../work/main.js";

begin(tool);
