"""Runs the whole system on one machine, without containers: servers, exporters, app, Prometheus and
Alertmanager, on 127.0.0.1.
"""
