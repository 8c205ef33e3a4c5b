// Every kind of task to try in place. A kind that is missing here works too: its module is loaded by its address.

import * as bounding_box from "../tools/bounding_box.js";
import { mountDemos } from "../tools/demo.js";
import * as image_classification from "../tools/image_classification.js";
import * as text_classification from "../tools/text_classification.js";

mountDemos({ bounding_box, image_classification, text_classification });
