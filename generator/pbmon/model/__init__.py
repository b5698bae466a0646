"""What people write: metrics, services, rules, objectives, dashboards, instrumentation.

Each is a frozen dataclass that refuses a mistake where it is made, at the author's line. Nothing
here knows files or other definitions than those it is given. It may import `expr` and below. Begin
with `metrics.py`; `builtin.py` holds what every Prometheus has.
"""
