// An item's page: what everybody answered, drawn upon it, the result alone at first.

import "../tools/answers_view.js";
import "./answers.js";
