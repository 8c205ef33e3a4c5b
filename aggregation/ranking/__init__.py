"""An order of items from preferences: this one rather than that, or several in order."""

from aggregation.ranking.bradley_terry import BradleyTerry
from aggregation.ranking.comparisons import Comparisons
from aggregation.ranking.noisy import NoisyBradleyTerry
from aggregation.ranking.plackett_luce import PlackettLuce, Rankings

__all__ = ["BradleyTerry", "Comparisons", "NoisyBradleyTerry", "PlackettLuce", "Rankings"]
