"""What `pbmon build` can render, a module each, called as `--only` names it.

A target is one function, `artifacts(plan, proofs, texts)`: the files, each of which knows who wrote
its parts. proofs gives the derived tests of the plan's rules when it is called; a target that does
not call it costs none of their time. texts remembers what was rendered before. A new target: its
module here, and its word in `artifact.Target`.
"""
