"""Answers of servers, recorded once, given again and changed on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import yaml
from pbmon.live.servers.client import Answer, Client, Form

Answers: TypeAlias = dict[str, Any]
"""JSON by question; in Alertmanager's status the configuration is parsed."""
Place: TypeAlias = tuple[str | int, ...]

DEEP = "deep enough to exhaust a stack"
"""Stands for lists in lists, which no library would write."""
HUGE = "a number with ten thousand digits"


class Recording(Client):
    """Asks the real server and keeps what it answers."""

    def __init__(self, server: Client, answers: Answers) -> None:
        super().__init__(server.what, server.public_url)
        self.answers = answers

    def ask(self, path: str, form: Form | None = None, accept: str = "application/json") -> Answer:
        answer = super().ask(path, form, accept)
        found = json.loads(answer.body)
        # of Prometheus's own metrics one is declared
        if path.startswith("/api/v1/targets/metadata"):
            found["data"] = [
                about
                for about in found["data"]
                if about["metric"].startswith(("shop_", "prometheus_build_info"))
            ]
        if path == "/api/v2/status":
            found["config"]["original"] = yaml.safe_load(found["config"]["original"])
        self.answers[_question(path, form)] = found
        return answer


class Replayed(Client):
    """Answers from a recording. edited: the answer to one question."""

    def __init__(self, what: str, answers: Answers, edited: Mapping[str, Any]) -> None:
        super().__init__(what, "http://recorded")
        self.answers, self.edited = answers, edited

    def ask(self, path: str, form: Form | None = None, accept: str = "application/json") -> Answer:
        question = _question(path, form)
        found = self.edited.get(question, self.answers.get(question))
        if found is None:  # a query that an edited answer has led to
            found = {"status": "success", "data": {"resultType": "vector", "result": []}}
        return Answer(200, "application/json", _written(question, found).encode())


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Of the value and of everything in it."""
    yield place
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, part in inner:
        yield from places(part, (*place, key))


def edited(value: Any, place: Place, new: Any, drop: bool) -> Any:
    """A copy with something else, or nothing, at the place."""
    if not place:
        return new
    key, *below = place
    copy = dict(value) if isinstance(value, dict) else list(value)
    if drop and not below:
        del copy[key]
    else:
        copy[key] = edited(value[key], tuple(below), new, drop)  # type: ignore[index]
    return copy


def _question(path: str, form: Form | None) -> str:
    path, _, query = path.partition("?")
    asked = [
        value for name, value in (*parse_qsl(query), *(form or ())) if name in {"query", "match[]"}
    ]
    "".join(asked).encode()  # as it would be sent
    return " ".join([path, *asked])


def _written(question: str, found: Any) -> str:
    if (
        question == "/api/v2/status"
        and isinstance(found, dict)
        and isinstance(found.get("config"), dict)
    ):
        config = found["config"].get("original")
        if isinstance(config, dict | list):
            found = edited(
                found, ("config", "original"), _nested(yaml.safe_dump(config), ""), drop=False
            )
    return _nested(json.dumps(found), '"')


def _nested(text: str, quote: str) -> str:
    text = text.replace(f"{quote}{HUGE}{quote}", "9" * 10_000)
    return text.replace(f"{quote}{DEEP}{quote}", "[" * 3000 + "]" * 3000)
