"""Situations, with what fires in them and when.

`case` makes one from given points, `alert` makes all those of an alert, `record` those of a
recorded series, `by_hand` those that an author wrote. `suite` arranges them in files: begin there.
Imports `search`, `values` and the rooms below.
"""
