"""What PyBase promises its users, over 30 days. Budgets, burn alerts and their dashboard are made
from it.
"""

from __future__ import annotations

from pbmon import Slo, job

from definitions import api, api_labels, workers

_extraction = job.is_(workers.EXTRACTION)
_search = job.is_(workers.SEARCH)
_success, _finished = workers.status.is_("success"), workers.status.is_in("success", "failure")
# refresh_search_indexes rebuilds everything, so it is slow by nature and nobody waits for it.
_indexing = workers.task_type.is_in("index_record", "index_table", "update_index")

api_availability = Slo(
    "api-availability",
    "The API answers without a mistake of its own.",
    bad=api.requests.where(api_labels.server_error),
    total=api.requests,
    objective="99.9",
    impact="Users see errors, and some of what they do is not saved.",
)
api_latency = Slo(
    "api-latency",
    "The API answers within one second.",
    good=api.latency.at_most(1),
    objective="95",
    impact="PyBase feels slow; views and searches take seconds to open.",
)
extraction_success = Slo(
    "extraction-success",
    "An uploaded CAD or PDF file is extracted.",
    good=workers.tasks.where(_extraction, _success),
    total=workers.tasks.where(_extraction, _finished),
    objective="98",
    impact="Uploaded files stay without extracted data.",
)
extraction_latency = Slo(
    "extraction-latency",
    "An uploaded CAD or PDF file is extracted within a minute.",
    good=workers.task_duration.where(_extraction).at_most(60),
    objective="90",
    impact="Users wait for the data of their CAD and PDF files.",
)
search_indexing = Slo(
    "search-indexing",
    "A change is found by search within ten seconds.",
    good=workers.task_duration.where(_search, _indexing).at_most(10),
    objective="99",
    impact="New and changed records appear late in search.",
)
