"""Alerts on requests and tasks that fail."""

from __future__ import annotations

from pbmon import Alert, RuleGroup, job

from definitions import api, workers

group = RuleGroup(
    "high-error-rate", "Requests and tasks that fail more often than users put up with."
)

high_api_error_rate = Alert(
    "HighAPIErrorRate",
    api.error_ratio > 0.05,
    for_="5m",
    severity="warning",
    group=group,
    summary="The API fails {{ $value | humanizePercentage }} of its requests.",
    description=(
        "{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} in the last 5"
        " minutes were answered with 5xx."
    ),
    impact="Users see error messages, and some of what they do is not saved.",
    action=(
        "Open 'Failing endpoints' beside this panel: one endpoint points to its code, all of them"
        " to the database, Redis or a deploy. Roll back the last deploy if it is younger than the"
        " alert."
    ),
)
critical_api_error_rate = Alert(
    "CriticalAPIErrorRate",
    api.error_ratio > 0.15,
    for_="2m",
    severity="critical",
    group=group,
    summary="The API fails {{ $value | humanizePercentage }} of its requests.",
    description=(
        "{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} in the last 5"
        " minutes were answered with 5xx."
    ),
    impact="PyBase is broken for many users at once.",
    action=(
        "Roll back the last deploy if it is younger than the alert. If not, look whether PostgreSQL"
        " and Redis are up, then read the API's log for the first traceback."
    ),
    silences=[high_api_error_rate],
)
# Compared with the ten minutes that ended five minutes ago, not with the last ten: those fill up
# with the very errors, and the condition would end before its two minutes are over. Where nothing
# was asked back then, every spike is new.
error_rate_spike = Alert(
    "ErrorRateSpike",
    (api.error_ratio_2m > 0.10).unless(api.error_ratio_2m <= 3 * api.error_ratio_10m.offset("5m")),
    for_="2m",
    severity="critical",
    group=group,
    summary="The API's errors jumped to {{ $value | humanizePercentage }} of its requests.",
    description=(
        "{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} in the last 2"
        " minutes were answered with 5xx, more than three times what was usual before."
    ),
    impact="Something broke just now; users who were working a moment ago see errors.",
    action=(
        "Ask what changed in the last minutes: a deploy, a migration, a setting, a dependency. Undo"
        " it first, then explain it."
    ),
)
high_client_error_rate = Alert(
    "HighClientErrorRate",
    api.client_error_ratio > 0.20,
    for_="10m",
    severity="info",
    group=group,
    summary="The API rejects {{ $value | humanizePercentage }} of its requests.",
    description=(
        "{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} in the last 5"
        " minutes were answered with 4xx."
    ),
    impact=(
        "Some client asks for what it may not have or what does not exist; its users see nothing"
        " work."
    ),
    action=(
        "Open 'Requests by status': 401 and 403 point to expired tokens, 404 to a client of an"
        " older version, 429 to one that asks too often. Tell its owner."
    ),
)
high_extraction_task_failure_rate = Alert(
    "HighExtractionTaskFailureRate",
    workers.failure_ratio.where(job.is_(workers.EXTRACTION)) > 0.10,
    for_="10m",
    severity="warning",
    group=group,
    summary="{{ $value | humanizePercentage }} of extraction tasks fail.",
    description=(
        "{{ $value | humanizePercentage }} of the tasks that {{ $labels.job }} finished in the last"
        " 10 minutes failed."
    ),
    impact="Uploaded CAD and PDF files stay without extracted data.",
    action=(
        "Open 'Failures by error type'. One type in one task is most often a file it cannot read:"
        " try that file alone. Timeouts and connection errors in all tasks point to Werk24, the"
        " database or Redis."
    ),
)
high_search_task_failure_rate = Alert(
    "HighSearchTaskFailureRate",
    workers.failure_ratio.where(job.is_(workers.SEARCH)) > 0.10,
    for_="10m",
    severity="warning",
    group=group,
    summary="{{ $value | humanizePercentage }} of search tasks fail.",
    description=(
        "{{ $value | humanizePercentage }} of the tasks that {{ $labels.job }} finished in the last"
        " 10 minutes failed."
    ),
    impact="Search misses what was written or changed lately.",
    action=(
        "Open 'Failures by error type' and read the worker's log for that type. When it is mended,"
        " start refresh_search_indexes to catch up."
    ),
)
high_export_task_failure_rate = Alert(
    "HighExportTaskFailureRate",
    workers.failure_ratio.where(job.is_(workers.EXPORT)) > 0.10,
    for_="10m",
    severity="warning",
    group=group,
    summary="{{ $value | humanizePercentage }} of export tasks fail.",
    description=(
        "{{ $value | humanizePercentage }} of the tasks that {{ $labels.job }} finished in the last"
        " 10 minutes failed."
    ),
    impact="Users do not get the files that they export.",
    action=(
        "Open 'Failures by error type'. upload_export_to_storage alone points to the object store:"
        " its address, credentials or space. All tasks point to the database."
    ),
)
high_report_task_failure_rate = Alert(
    "HighReportTaskFailureRate",
    workers.failure_ratio.where(job.is_in(workers.REPORT_GENERATOR, workers.REPORT)) > 0.10,
    for_="10m",
    severity="warning",
    group=group,
    labels={"component": "reports"},
    summary="{{ $value | humanizePercentage }} of the tasks of {{ $labels.job }} fail.",
    description=(
        "{{ $value | humanizePercentage }} of the tasks that {{ $labels.job }} finished in the last"
        " 10 minutes failed."
    ),
    impact="Reports are not made, or are made and never reach their readers.",
    action=(
        "Open 'Failures by error type'. Only the deliveries point to the mail server, only"
        " generate_report_pdf to a template or the memory of the worker."
    ),
)
high_maintenance_task_failure_rate = Alert(
    "HighMaintenanceTaskFailureRate",
    workers.failure_ratio.where(job.is_(workers.MAINTENANCE)) > 0.50,
    for_="30m",
    severity="info",
    group=group,
    summary="{{ $value | humanizePercentage }} of maintenance tasks fail.",
    description=(
        "{{ $value | humanizePercentage }} of the tasks that {{ $labels.job }} finished in the last"
        " 10 minutes failed."
    ),
    impact="Old trash and expired cache entries stay, and fill the database and Redis.",
    action=(
        "Open 'Failures by error type'. A timeout means that a first run has too much to remove:"
        " let it run in pieces. Errors of a connection point to the database or Redis."
    ),
)
