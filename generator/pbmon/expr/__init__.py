"""Expressions: PromQL as values that know their labels.

`nodes` is the syntax, without any checks; authors write with `vector` and `selection`, which refuse
what can never work; `operations` knows what each does to labels and units, `functions`
are operations of several steps; `signatures` has a row for each PromQL function. `text` writes
expressions down, `walk` reads and rewrites them, `raw` parses what authors wrote as text. Imports
`labels`, `durations`, `errors`; begin with `nodes`.
"""
