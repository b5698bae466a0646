"""The running systems, held against the plan: `pbmon verify`.

`servers/` asks them, `observation.py` decides what is asked and keeps the answers as the values of
`seen.py`, `checks/` compares these with the plan, `report/` tells. Begin with `verification.py`.
This room imports the plan and what is below it, never a renderer; only `servers/` speaks HTTP.
"""
