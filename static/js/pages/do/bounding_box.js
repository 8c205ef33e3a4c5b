// The work page with the tool of its kind.

import { editorOf } from "../../annotate/editor.js";
import { BOX } from "../../forms/box.js";
import { begin } from "../work.js";

begin({ mount: editorOf(() => BOX) });
