// The work page with the tool of its kind.

import * as tool from "../../tools/own_html.js";
import { begin } from "../work.js";

begin(tool);
