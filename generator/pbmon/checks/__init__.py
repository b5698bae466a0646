"""Checks of a plan and of what was rendered from it; each is one function from a Case to findings.

`case` is what a check looks at, `validation` lists every check and runs them. The shelves hold the
checks: `definitions` those of the plan and its proofs, `programs` what promtool and amtool say,
`dashboards` the rendered JSON, `app` the source of the app. Checks may import everything up to
`proof`, and nothing that renders, writes or asks a server. Begin with `definitions/rules.py`.
"""
