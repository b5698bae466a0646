"""PromQL as Prometheus computes it, over samples that are made up.

`samples` are the series, `vectors` and `functions` the operations, `engine` evaluates expressions:
begin there. `steady` is an engine for series that do not change. Imports `expr` and the lineage of
the plan, and no other room of `proof`.
"""
