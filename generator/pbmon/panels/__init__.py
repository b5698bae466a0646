"""Kinds of panels, a module each: what an author writes, and what Grafana 11 to 13 store of it.

A module holds the class of the definition, the JSON of its options and fields, and the schema of
that JSON, and binds them in a `Kind`. `kinds.py` lists the kinds; the plan, the renderer and the
checks read that list. This room imports `model` and below, and decides nothing about monitoring.
Begin with `status_history.py`; docs/extending-panels.md says how to add a kind.
"""
