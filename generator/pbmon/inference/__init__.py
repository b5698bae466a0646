"""What rule files of others say about the series that they read.

`rule_files` reads the files. `metric_types` says what the series are by how they are used, `labels`
which labels they must have, `keys` which of these tell them apart, `bounds` where buckets end.
`planning` makes a plan of it all, on which proofs run: begin there.
"""
