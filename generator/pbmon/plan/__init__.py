"""Every decision: which jobs a selector means, where a rule stands, what a panel asks, which file.

A pass is a module with one function from the catalog to a part of the plan; `plan.resolve` calls
them in their order. `paths` says where files lie, `rules` and `dashboards` hold the planned types.
Pure: no disk, no clock. It may import `catalog` and below. Begin with `plan.py`, then
`recording.py` for a pass on one page.
"""
