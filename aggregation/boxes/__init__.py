"""Boxes that several people drew on one image, fused into one set with confidences."""

from aggregation.boxes.answers import BoxAnswers
from aggregation.boxes.crowd import BoxCrowd
from aggregation.boxes.fusion import BoxFusion, fuse
from aggregation.boxes.geometry import iou_matrix, match_boxes

__all__ = ["BoxAnswers", "BoxCrowd", "BoxFusion", "fuse", "iou_matrix", "match_boxes"]
