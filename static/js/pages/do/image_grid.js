// The work page with the tool of its kind, all pictures of a page at once.

import { mount, mountAll } from "../../tools/image_grid.js";
import { PageInView } from "../../work/page_in_view.js";
import { begin } from "../work.js";

begin({ mount, mountAll, InView: PageInView });
