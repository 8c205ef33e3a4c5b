"""Answers of many people in, labels with a confidence out. NumPy and nothing else.

Rooms: `classes` (majority vote, Dawid-Skene), `boxes` (fusion of drawn boxes), `workers` (measures of people),
`stopping` (ask one more?), `simulate` (crowds with a known truth), `scores` (against a known truth), `tables` (CSV).
`python -m aggregation` is the command. docs/aggregation.md tells the models.
"""
