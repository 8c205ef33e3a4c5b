// The work page with the tool of its kind.

import { editorOf } from "../../annotate/editor.js";
import { POLYGON } from "../../forms/polygon.js";
import { begin } from "../work.js";

begin({ mount: editorOf(() => POLYGON) });
