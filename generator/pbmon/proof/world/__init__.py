"""The smallest world in which a rule can be tried.

`atoms` are its series, `levels` what they do for a while, `samples_of` the samples of that,
`clock` how often they are taken, `run` an alert in it. Imports `promql` and the lineage; begin with
`atoms`.
"""
