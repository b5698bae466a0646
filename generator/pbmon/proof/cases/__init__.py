"""Situations, with what fires in them and when.

`case` makes one from given points, `alert` makes all those of an alert, `record` those of a
recorded series, `by_hand` those that an author wrote; `history` is a case as points of a chart.
`task` is a rule to prove, `deriving` derives what is not known, in the processes of `workers`, and
`plain` is a proof as JSON. `suite` arranges all in files: begin there.
Imports `search`, `values` and the rooms below.
"""
