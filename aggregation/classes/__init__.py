"""One class for each task, from the answers of several people."""

from aggregation.classes.answers import Answers
from aggregation.classes.crowd import ClassCrowd
from aggregation.classes.dawid_skene import DawidSkene, MapDawidSkene
from aggregation.classes.gold import Gold
from aggregation.classes.hierarchical import HierarchicalDawidSkene
from aggregation.classes.matrices import MatrixCrowd, Smoothing
from aggregation.classes.method import AnyMethod, ClassMethod, Crowd
from aggregation.classes.votes import majority_vote, vote_counts, vote_shares, vote_weights

__all__ = [
    "Answers",
    "AnyMethod",
    "ClassCrowd",
    "ClassMethod",
    "Crowd",
    "DawidSkene",
    "Gold",
    "HierarchicalDawidSkene",
    "MapDawidSkene",
    "MatrixCrowd",
    "Smoothing",
    "majority_vote",
    "vote_counts",
    "vote_shares",
    "vote_weights",
]
