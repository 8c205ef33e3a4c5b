// The work page with the tool of its kind.

import { editorOf } from "../../annotate/editor.js";
import { ELLIPSE } from "../../forms/ellipse.js";
import { begin } from "../work.js";

begin({ mount: editorOf(() => ELLIPSE) });
