"""Searches for the levels of series that decide a condition.

`stage` is an alert with its world, `solve` finds levels on both sides of one limit, `sides` what
the others must do for it to decide, `steps` a change that makes a condition about change true.
Imports `world` and `promql`; begin with `stage`.
"""
