"""What Grafana knows by name, and what it makes of the fields of queries, as checks.

Grafana swallows nearly every fault of this kind without a message. These checks read JSON and no
plan, so dashboards that somebody wrote by hand, or another tool, can be held against them too:
`findings.py`. What Grafana knows stands in registries.json, taken from the npm packages
@grafana/data and @grafana/schema (Apache-2.0; the version is in the file) by
scripts/grafana_registries.cjs.

- `registries.py` reads that table. `names.py` says where names stand in a panel, and holds each
  against it.
- `labels.py` says which labels a query keeps, `fields.py` which fields its answer has,
  `transformations.py` what each transformation makes of them and which it names.
"""
