// The work page with the tool of its kind.

import * as tool from "../../tools/audio_comparison.js";
import { begin } from "../work.js";

begin(tool);
