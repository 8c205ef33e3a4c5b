"""One class for each task, from the answers of several people."""

from aggregation.classes.answers import Answers
from aggregation.classes.auto import Auto, AutoCrowd
from aggregation.classes.clustered import ClusterCrowd, ClusteredDawidSkene
from aggregation.classes.coins import CoinCrowd, VoteCrowd
from aggregation.classes.crowd import ClassCrowd
from aggregation.classes.dawid_skene import DawidSkene, MapDawidSkene
from aggregation.classes.glad import GLAD, GladCrowd
from aggregation.classes.gold import Gold
from aggregation.classes.hierarchical import HierarchicalDawidSkene
from aggregation.classes.mace import MACE, MaceCrowd
from aggregation.classes.matrices import MatrixCrowd, Smoothing
from aggregation.classes.method import AnyMethod, ClassMethod, Crowd
from aggregation.classes.one_coin_dawid_skene import OneCoinDawidSkene
from aggregation.classes.votes import majority_vote, vote_counts, vote_shares, vote_weights
from aggregation.classes.weighted_votes import NaiveSoft, Wawa, ZeroBasedSkill

__all__ = [
    "GLAD",
    "MACE",
    "Answers",
    "AnyMethod",
    "Auto",
    "AutoCrowd",
    "ClassCrowd",
    "ClassMethod",
    "ClusterCrowd",
    "ClusteredDawidSkene",
    "CoinCrowd",
    "Crowd",
    "DawidSkene",
    "GladCrowd",
    "Gold",
    "HierarchicalDawidSkene",
    "MaceCrowd",
    "MapDawidSkene",
    "MatrixCrowd",
    "NaiveSoft",
    "OneCoinDawidSkene",
    "Smoothing",
    "VoteCrowd",
    "Wawa",
    "ZeroBasedSkill",
    "majority_vote",
    "vote_counts",
    "vote_shares",
    "vote_weights",
]
