// The work page with the tool of its kind.

import { editorOf } from "../../annotate/editor.js";
import { keypointsOf } from "../../forms/keypoints.js";
import { begin } from "../work.js";

begin({ mount: editorOf(keypointsOf) });
