"""Definitions made from what is there already, as a person would write them.

`metrics` says what an exposition declares, `labels` which labels its metrics share and between
which bounds, `module` writes both down.
"""
