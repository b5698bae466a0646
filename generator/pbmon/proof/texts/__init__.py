"""Texts of alerts as Prometheus expands them.

`expand.py` walks the syntax and is where to begin; `calls.py` lists the functions, which `go.py`,
`prometheus.py`, `humanize.py` and `times.py` compute; `printing.py` and `printf.py` are Go's fmt,
over `floats.py` and `quoting.py`; `values.py` says what a value can be.
https://prometheus.io/docs/prometheus/latest/configuration/template_reference/
"""
