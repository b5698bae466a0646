"""Makes rules with one fault in them, to test whether the cases notice it.

`faults` lists the faults of an expression, `equal` says which of them change nothing, `mutants`
makes rules from both: begin there. `noticing` says which case notices one, `trials` asks that of
many. Imports `cases` and the rooms below; `render.mutation` combines mutants with cases.
"""
