"""Shapes that several people drew on one image, fused into one set with confidences: boxes, points, spans, polygons,
lines, skeletons, masks.
"""

from aggregation.shapes.answers import ShapeAnswers
from aggregation.shapes.boxes import BOXES, iou_matrix
from aggregation.shapes.crowd import ShapeCrowd
from aggregation.shapes.fusion import ShapeFusion, fuse
from aggregation.shapes.geometry import Geometry, Shapes
from aggregation.shapes.keypoints import KeypointGeometry
from aggregation.shapes.lines import LineGeometry
from aggregation.shapes.masks import MASKS
from aggregation.shapes.matching import match_boxes, match_shapes
from aggregation.shapes.points import PointGeometry
from aggregation.shapes.polygons import POLYGONS
from aggregation.shapes.scores import ShapeScore, score_shapes
from aggregation.shapes.spans import SPANS
from aggregation.shapes.tracks import TRACKS

__all__ = [
    "BOXES",
    "MASKS",
    "POLYGONS",
    "SPANS",
    "TRACKS",
    "Geometry",
    "KeypointGeometry",
    "LineGeometry",
    "PointGeometry",
    "ShapeAnswers",
    "ShapeCrowd",
    "ShapeFusion",
    "ShapeScore",
    "Shapes",
    "fuse",
    "iou_matrix",
    "match_boxes",
    "match_shapes",
    "score_shapes",
]
