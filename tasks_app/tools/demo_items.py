"""What the demos show: pictures and texts of our own. Paths are under static/; sizes in pixels."""

from tasks_app.tools.fields import Json

CELLS_IMAGE = "img/demo/cells.svg"
CELLS: Json = {"image": "demo", "width": 960, "height": 640, "name": "cells.svg"}
# The white cell in the middle of it.
WHITE_CELL: Json = {"x1": 383.0, "y1": 214.0, "x2": 563.0, "y2": 392.0}

PANEL_IMAGE = "img/demo/panel.svg"
PANEL: Json = {"image": "demo", "width": 960, "height": 640, "name": "panel.svg"}

SLIP_IMAGE = "img/demo/slip.svg"
SLIP: Json = {"image": "demo", "width": 640, "height": 420, "name": "slip.svg"}

COMPLAINT: Json = {"text": "The parcel came two days late and the box was dented, but the lamp inside was perfect."}
REVIEW: Json = {
    "text": "The parcel came two days late and the box was dented, but the lamp inside was perfect "
    "and the driver carried it up four floors without being asked."
}
