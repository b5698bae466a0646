"""Tests what the rules do over made-up series, derived from the plan alone.

Rooms, from the lowest to the highest; each imports only those before it, `plan` and `expr`:

- `promql`: what Prometheus computes; `template`: how it expands an alert's texts
- `values`: which values an expression can have; `world`: series that a rule can tell apart
- `search`: levels of those series at which a condition just holds, and just does not
- `cases`: situations, and what fires in them; `cases.suite.suite(plan)` derives all: begin here
- `mutation`: faults that the cases should notice

Nothing here writes files or runs programs, but for copies of this process that derive cases:
`render.rule_tests` writes the cases down, and `checks.proving` has promtool run them.
"""
