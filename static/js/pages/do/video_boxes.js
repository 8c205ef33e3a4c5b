// The work page with the tool of its kind.

import * as tool from "../../tools/video_boxes.js";
import { begin } from "../work.js";

begin(tool);
