// The work page with the tool of its kind.

import * as tool from "../../tools/free_text.js";
import { begin } from "../work.js";

begin(tool);
