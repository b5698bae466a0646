"""What rules, dashboards and configuration of others say that cannot be so; no definitions needed.

`files` finds files and `documents` reads them, each part with its line. `recognition` says what a
document is; `rules`, `dashboards` and `configuration` take it apart. `exposed` holds what is
known to be exposed, and `supply` what of it reaches an expression. A check is a function from one
`Case` to findings; `checks/` lists them by hand. `auditing` runs it all: begin there.
"""
