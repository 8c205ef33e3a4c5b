"""One class for each task, from the answers of several people."""

from aggregation.classes.answers import Answers
from aggregation.classes.crowd import ClassCrowd
from aggregation.classes.dawid_skene import DawidSkene
from aggregation.classes.votes import majority_vote, vote_counts, vote_shares

__all__ = ["Answers", "ClassCrowd", "DawidSkene", "majority_vote", "vote_counts", "vote_shares"]
