"""Situations, with what fires in them and when.

`case` makes one of points that were found, `alert` all those of an alert, `record` those of a
recorded series, `by_hand` those that somebody wrote; `suite` arranges them in files: begin there.
Imports `search`, `values` and the rooms below.
"""
