"""The functions that templates of alerts can call: those of Go and of Prometheus 2.42.

https://pkg.go.dev/text/template#hdr-Functions,
https://prometheus.io/docs/prometheus/latest/configuration/template_reference/#functions
"""

from __future__ import annotations

FUNCTIONS = frozenset(
    {
        "and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not",
        "or", "print", "printf", "println", "slice", "urlquery",
        "args", "externalURL", "first", "graphLink", "humanize", "humanize1024",
        "humanizeDuration", "humanizePercentage", "humanizeTimestamp", "label", "match",
        "parseDuration", "pathPrefix", "query", "reReplaceAll", "safeHtml", "sortByLabel",
        "stripDomain", "stripPort", "strvalue", "tableLink", "title", "toLower", "toTime",
        "toUpper", "value",
    }
)  # fmt: skip

NEWER = {"toDuration": "3.6", "now": "3.6", "urlQueryEscape": "3.8"}
"""Functions of Prometheus that 2.42 lacks, by the version that brought them."""
