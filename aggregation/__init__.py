"""Answers of many people in, labels with a confidence out. NumPy and nothing else.

`aggregate(rows)` is the short way; `encode`, `aggregate_table` the one for columns and files. Rooms: `classes` (models),
`boxes` (fusion of drawn boxes), `methods` (the list of methods), `workers`, `tasks`, `consent` (measures), `stopping` (ask
one more?), `replay` (what a rule would have asked), `simulate` (crowds with a known truth), `scores` (against a truth),
`tables` (files). `python -m aggregation` is the command. docs/aggregation.md tells the models.
"""

from aggregation.api import Aggregate, aggregate, aggregate_table, encode
from aggregation.methods import DEFAULT, METHODS
from aggregation.tables import AnswerTable, TableError, read_answers

__all__ = [
    "DEFAULT",
    "METHODS",
    "Aggregate",
    "AnswerTable",
    "TableError",
    "aggregate",
    "aggregate_table",
    "encode",
    "read_answers",
]
