"""Puts traffic on PyBase for a while, with faults if wanted, and prints how it was answered:
`python -m load --help`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import httpx

from load.client import Client

LONGEST = 3600  # seconds; a load that nobody ends must end by itself
AT_ONCE = 50  # requests under way; beyond that the load waits, as browsers do


def parsed(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The options, checked."""
    parser = argparse.ArgumentParser(prog="python -m load", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the API is")
    parser.add_argument(
        "--seconds", type=_within(1, LONGEST), default=60, help=f"how long, at most {LONGEST}"
    )
    parser.add_argument("--rate", type=_within(0.1, 500), default=20, help="requests a second")
    parser.add_argument(
        "--users",
        type=int,
        choices=range(1, 51),
        default=5,
        metavar="1..50",
        help="accounts, each with a WebSocket",
    )
    parser.add_argument(
        "--upload-every", type=_within(0.05, LONGEST), default=1, help="seconds between two uploads"
    )
    parser.add_argument(
        "--broken-uploads",
        type=_within(0, 1),
        default=0.02,
        help="share of uploads that cannot be extracted",
    )
    parser.add_argument(
        "--client-errors",
        type=_within(0, 1),
        default=0.02,
        help="share of requests that earn a 4xx",
    )
    parser.add_argument(
        "--faults",
        default="",
        help="switches that are on meanwhile, as api_error_ratio=0.2,db_delay=1.5",
    )
    parser.add_argument(
        "--faults-token-file", type=Path, help="file with the token of the switches"
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same requests")
    options = parser.parse_args(arguments)
    if options.faults and not options.faults_token_file:
        parser.error("--faults needs --faults-token-file")
    return options


def _within(least: float, most: float) -> type:
    def number(text: str) -> float:
        value = float(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not between {least} and {most}")
        return value

    return number  # type: ignore[return-value]


async def run(options: argparse.Namespace) -> Counter[str]:
    """Makes the load and returns the answers by status."""
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(
        base_url=options.url, timeout=30, limits=limits, trust_env=False
    ) as http:
        users = [Client(http, options.seed + number) for number in range(options.users)]
        for user in users:
            await user.settle()
        if options.faults:
            await _switch(http, options, on=True)
        try:
            async with asyncio.TaskGroup() as group:
                for user in users:
                    group.create_task(user.listen(options.seconds))
                group.create_task(_requests(users, options))
                group.create_task(_uploads(users, options))
        finally:
            if options.faults:
                await _switch(http, options, on=False)
    return sum((user.answers for user in users), Counter())


async def _requests(users: Sequence[Client], options: argparse.Namespace) -> None:
    chance = random.Random(options.seed)  # noqa: S311 - traffic, no secret
    room = asyncio.Semaphore(AT_ONCE)

    async def one(user: Client) -> None:
        try:
            await (user.err() if chance.random() < options.client_errors else user.act())
        finally:
            room.release()

    end, due = time.monotonic() + options.seconds, time.monotonic()
    async with asyncio.TaskGroup() as group:
        while time.monotonic() < end:
            await room.acquire()
            group.create_task(one(chance.choice(users)))
            # late by more than a second: not all of it is made up for
            due = max(due + 1 / options.rate, time.monotonic() - 1)
            await asyncio.sleep(max(0, due - time.monotonic()))


async def _uploads(users: Sequence[Client], options: argparse.Namespace) -> None:
    chance = random.Random(options.seed + 1)  # noqa: S311
    end, number = time.monotonic() + options.seconds, 0
    while time.monotonic() < end:
        number += 1
        user = chance.choice(users)
        await (
            user.extract_again()
            if number % 10 == 0
            else user.upload(whole=chance.random() >= options.broken_uploads)
        )
        await asyncio.sleep(min(options.upload_every, max(0, end - time.monotonic())))


async def _switch(http: httpx.AsyncClient, options: argparse.Namespace, *, on: bool) -> None:
    faults: dict[str, float] = {"seconds": int(options.seconds) + 60}
    if on:
        pairs = [pair.partition("=") for pair in options.faults.split(",")]
        faults.update({name.strip(): float(value) for name, _, value in pairs})
    token = options.faults_token_file.read_text("utf-8").strip()
    answer = await http.put(
        "/api/v1/faults", json=faults, headers={"Authorization": f"Bearer {token}"}
    )
    if not answer.is_success:
        raise SystemExit(f"the faults are not switched: {answer.status_code} {answer.text}")


if __name__ == "__main__":
    answers = asyncio.run(run(parsed()))
    print(json.dumps(dict(sorted(answers.items()))))
    sys.exit(0 if any(status.startswith("2") for status in answers) else 1)
