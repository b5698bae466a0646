"""Checks of a rendered dashboard, offline, and of Grafana's provisioning.

A module checks one matter: identity, layout, queries, variables, texts, thresholds, the schema.
Checks read JSON (parts.py), so they hold for dashboards that somebody wrote by hand too. They read
from `pbmon.panels.kinds` what a kind of panel is. A new check: one function, and its line in
`listed.py`.
"""
