// The work page with the tool of its kind.

import { editorOf } from "../../annotate/editor.js";
import { POLYLINE } from "../../forms/polyline.js";
import { begin } from "../work.js";

begin({ mount: editorOf(() => POLYLINE) });
