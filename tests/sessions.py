"""Processes of a session that a test started."""

from __future__ import annotations

import os
import time

import psutil


def left(session: int) -> list[psutil.Process]:
    """Processes of the session; they have a moment to end."""
    for _ in range(100):
        alive = [
            process
            for process in psutil.process_iter(["status"])
            if process.info["status"] != psutil.STATUS_ZOMBIE and _session(process.pid) == session
        ]
        if not alive:
            return []
        time.sleep(0.05)
    return alive


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return 0
