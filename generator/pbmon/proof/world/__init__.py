"""The smallest set of series with which a rule can be tried.

`atoms` are the series, `levels` their values over time, `samples_of` the samples of these, `clock`
how often samples are taken, `run` an alert over them. Imports `promql` and the lineage; begin with
`atoms`.
"""
