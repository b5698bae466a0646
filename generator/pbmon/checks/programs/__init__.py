"""What promtool and amtool say: of rules and configuration, of derived tests and of their mutants.

`binaries` finds and runs a program, the only place that does; `tree` lays files out for it,
`output` and `lines` read what it answers. Begin with `promtool.py`.
"""
