"""The labels of the API's metrics, and the values that each can have."""

from __future__ import annotations

from http import HTTPStatus

from pbmon import Label

from definitions.shared import EXTRACTION_TASKS

# nginx logs 499 when the client has gone before the answer; Python's list of codes does not know
# it.
_STATUS_CODES = [str(code) for code in sorted({*map(int, HTTPStatus), 499})]

method = Label(
    "method",
    "HTTP method.",
    values=("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"),
    other="OTHER",
)
endpoint = Label(
    "endpoint", "Route template, never the raw path.", max_values=200, other="<unmatched>"
)
status = Label("status", "HTTP status code.", values=_STATUS_CODES, max_values=30, other="other")
server_error = status.matches("5..")
client_error = status.matches("4..")
task_type = Label(
    "task_type", "What is extracted, by the name of its Celery task.", values=EXTRACTION_TASKS
)
task_status = Label("status", "How the extraction ended.", values=("success", "failure"))
cache_operation = Label(
    "operation", "What the cache was asked for.", values=("get", "set", "delete")
)
cache_status = Label(
    "status",
    "hit or miss of a get, ok of the others, error of any.",
    values=("hit", "miss", "ok", "error"),
)
kind = Label(
    "kind", "Kind of object.", values=("records", "tables", "bases", "workspaces", "users")
)
