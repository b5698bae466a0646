# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""How many tasks wait."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, Final

from ..forks import ForkLock

_logger = logging.getLogger(__name__)

_PATIENCE: Final = 2.0
"""Seconds in which Redis has to answer when it is asked for the length of queues."""

_SCAN: Final = 1000
"""Unacknowledged messages that are looked at; of more, the shares are estimated."""


class Queues:
    """The queues that the worker of this app takes tasks from.

    The pool's processes are forked by another thread than the one that asks. A child
    would wait for ever for a lock of the broker's client that was held just then: kombu
    closes its connections before the child is one of the pool.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._asking = ForkLock()
        with suppress(Exception):  # sizes() says what is wrong
            # Imported by the thread that forks: a child would wait for the lock of a
            # module that another thread was importing.
            app.connection_for_read().get_transport_cls()
        self._connection: Any = None
        self._channel: Any = None
        self._told = False

    def sizes(self) -> dict[str, float]:
        """Messages that wait in each queue; NaN if the broker does not say."""
        with self._asking:
            return self._sizes()

    def _sizes(self) -> dict[str, float]:
        names = list(self._app.amqp.queues.consume_from)
        try:
            if self._channel is None:
                self._connection = self._app.connection_for_read()
                if self._connection.get_transport_cls().driver_type == "redis":
                    # Those of the app may be long, and are endless if it gives none.
                    self._connection.transport_options |= {
                        "socket_timeout": _PATIENCE,
                        "socket_connect_timeout": _PATIENCE,
                    }
                self._channel = self._connection.channel()
            sizes = _sizes(self._channel, names)
        except Exception:
            if not self._told:
                _logger.warning("The length of the queues is not known", exc_info=True)
            self._told = True
            self._drop()
            return dict.fromkeys(names, float("nan"))
        self._told = False
        return sizes

    def _drop(self) -> None:
        """Begin anew the next time. The connection may be broken in any way."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with suppress(Exception):
                connection.release()


def _sizes(channel: Any, names: Sequence[str]) -> dict[str, float]:
    """With Redis also messages that are fetched but not acknowledged.

    There each priority of a queue is a list, and the messages that workers have fetched
    and not acknowledged are in one hash, those of all queues together.
    """
    key = getattr(channel, "unacked_key", None)
    if key is None:
        declared = {name: channel.queue_declare(name, passive=True) for name in names}
        return {name: float(queue.message_count) for name, queue in declared.items()}
    sizes = {name: float(channel._size(name)) for name in names}
    total = channel.client.hlen(key)
    # kombu puts a global_keyprefix before the key of HLEN, but not yet of HSCAN.
    if "HSCAN" not in getattr(channel.client, "PREFIXED_SIMPLE_COMMANDS", ()):
        key = channel.global_keyprefix + key
    fetched = list(islice(channel.client.hscan_iter(key, count=100), _SCAN))
    for _, message in fetched:
        _, exchange, routing_key = json.loads(message)
        for name in set(names).intersection(channel._lookup(exchange, routing_key)):
            sizes[name] += max(total / len(fetched), 1.0)
    return sizes
