// The work page with the tool of its kind.

import { createEditor } from "../../masks/editor.js";
import { toolOf } from "../../masks/mount.js";
import { begin } from "../work.js";

begin({ mount: toolOf(() => createEditor) });
