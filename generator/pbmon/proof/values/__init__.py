"""The values that an expression can have, whatever is scraped.

`bounds` says between which numbers a value lies (`calls` has a row for each PromQL function),
`contradictions` which conditions can therefore never change, `digits` which texts differ between
versions of Prometheus. Imports `promql`, `template` and the lineage; begin with `bounds`.
"""
