"""One thread beside the requests: hears what the workers finished, reads the fault switches, counts
active users.
"""

from __future__ import annotations

import json
import logging
from threading import Event, Thread
from typing import Any

import redis

from pybase import faults
from pybase.activity import active
from pybase.core.connections import connected
from pybase.live import live
from pybase.metrics import (
    active_users_gauge,
    extraction_duration_histogram,
    extraction_task_counter,
)
from pybase.tasks import EVENTS, FINISHED

_log = logging.getLogger(__name__)


class Listener:
    """The thread. It outlives an outage of Redis or PostgreSQL and ends with the app."""

    def __init__(self) -> None:
        self._ended = Event()
        self._thread = Thread(target=self._run, name="pybase-events", daemon=True)

    def start(self) -> None:
        """Begins to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Ends within a second."""
        self._ended.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._listen()
            except redis.RedisError as error:
                _log.warning("events are not heard: %s", error)
                self._ended.wait(1)

    def _listen(self) -> None:
        with connected() as client, client.pubsub() as channel:
            channel.subscribe(EVENTS)
            while not self._ended.is_set():
                faults.refresh()
                active_users_gauge.set(active.count())
                while finished := client.lpop(FINISHED):
                    count(json.loads(finished))
                message = channel.get_message(ignore_subscribe_messages=True, timeout=0.5)
                if message:
                    tell(json.loads(message["data"]))


def count(event: dict[str, Any]) -> None:
    """An extraction has ended: counted and timed, by one process of the API."""
    extraction_task_counter.labels(event["task_type"], event["status"]).inc()
    extraction_duration_histogram.labels(event["task_type"]).observe(event["seconds"])


def tell(event: dict[str, Any]) -> None:
    """An extraction has ended: every process tells those who watch its table here."""
    live.tell(event["table_id"], {"upload": event["upload_id"], "status": event["status"]})
