"""Go's template language as alerts use it: text to syntax, and what a template reads.

https://pkg.go.dev/text/template and
https://prometheus.io/docs/prometheus/latest/configuration/template_reference/. `parser.py` is where
to begin. It accepts what Prometheus 2.42 accepts, which later versions accept too. `proof/texts/`
expands what it reads.
"""
