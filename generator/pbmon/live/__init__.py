"""Compares the running systems with the plan: `pbmon verify`.

`servers/` asks them, `observation.py` decides what to ask and keeps the answers as the values of
`seen.py`, `checks/` compares these with the plan, `report/` formats the result. Begin with
`verification.py`.
This room imports the plan and what is below it, never a renderer; only `servers/` speaks HTTP.
"""
