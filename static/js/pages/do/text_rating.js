// The work page with the tool of its kind.

import * as tool from "../../tools/text_rating.js";
import { begin } from "../work.js";

begin(tool);
