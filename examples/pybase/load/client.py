"""A user of PyBase, as a client sees it."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import websockets

from load.samples import KINDS, SAMPLES, broken

WORDS = (
    "bolt",
    "bracket",
    "flange",
    "gasket",
    "housing",
    "bearing",
    "shaft",
    "valve",
    "steel",
    "M8",
    "anodised",
)


class Client:
    """One account with a table of its own. Every answer is counted by its status."""

    def __init__(self, http: httpx.AsyncClient, seed: int) -> None:
        self._http = http
        self._random = random.Random(seed)  # noqa: S311 - traffic, no secret
        self._token = ""
        self._table = 0
        self._records: list[int] = []
        self._uploads: list[int] = []
        self.answers: Counter[str] = Counter()

    async def settle(self) -> None:
        """Registers, makes a workspace, a base and a table. Raises httpx.HTTPError where that
        fails.
        """
        account = {
            "email": f"load-{secrets.token_hex(8)}@pybase.example",
            "password": secrets.token_urlsafe(24),
        }
        self._token = (await self._wanted("POST", "/auth/register", json=account))["token"]
        workspace = await self._wanted("POST", "/workspaces", json={"name": "Load"})
        base = await self._wanted(
            "POST", f"/workspaces/{workspace['id']}/bases", json={"name": "Parts"}
        )
        self._table = (
            await self._wanted("POST", f"/bases/{base['id']}/tables", json={"name": "Parts"})
        )["id"]

    async def act(self) -> None:
        """One request, of the kinds that users make."""
        kinds: dict[Callable[[], Awaitable[Any]], int] = {
            self._list: 40, self._add: 20, self._change: 12, self._search: 12,
            self._browse: 8, self._remove: 4, self._reindex: 1,
        }  # fmt: skip
        await self._random.choices(list(kinds), list(kinds.values()))[0]()

    async def err(self) -> None:
        """A request that is answered with 4xx."""
        path, headers = self._random.choice(
            [
                ("/tables/999999999/records", None),
                ("/workspaces", {"Authorization": "Bearer nobody"}),
                ("/nowhere", None),
            ]
        )
        await self._send("GET", path, headers=headers)

    async def upload(self, *, whole: bool) -> None:
        """A file to extract; the worker fails on one that is not whole."""
        number = self._random.randrange(1000)
        kind = self._random.choice(KINDS)
        content = SAMPLES[kind](number) if whole else broken(number)
        asked = self._random.choice([kind, "auto"]) if whole else "auto"
        answer = await self._send(
            "POST",
            f"/tables/{self._table}/uploads",
            params={"kind": asked},
            files={"file": (f"part-{number}.{kind}", content)},
        )
        if answer is not None and answer.status_code == httpx.codes.ACCEPTED:
            self._uploads = [*self._uploads[-20:], answer.json()["id"]]
            await self._send("GET", f"/uploads/{self._random.choice(self._uploads)}")

    async def extract_again(self) -> None:
        """One task that starts many."""
        if self._uploads:
            await self._send("POST", "/uploads/extract", json={"uploads": self._uploads[-3:]})

    async def listen(self, seconds: float) -> None:
        """Holds a WebSocket open for so long, and counts the news."""
        url = str(self._http.base_url).replace("http", "ws", 1).rstrip("/")
        try:
            async with (
                asyncio.timeout(seconds),
                websockets.connect(f"{url}/api/v1/tables/{self._table}/live", proxy=None) as socket,
            ):
                await socket.send(self._token)
                async for _ in socket:
                    self.answers["websocket message"] += 1
        except TimeoutError:
            pass
        except (OSError, websockets.WebSocketException) as error:
            self.answers[type(error).__name__] += 1

    async def _list(self) -> None:
        await self._send("GET", f"/tables/{self._table}/records")

    async def _add(self) -> None:
        fields = {
            "name": " ".join(self._random.sample(WORDS, 3)),
            "count": self._random.randrange(1000),
        }
        answer = await self._send("POST", f"/tables/{self._table}/records", json={"fields": fields})
        if answer is not None and answer.status_code == httpx.codes.CREATED:
            self._records.append(answer.json()["id"])

    async def _change(self) -> None:
        if self._records:
            record = self._random.choice(self._records)
            await self._send(
                "PATCH",
                f"/records/{record}",
                json={"fields": {"checked": self._random.choice(WORDS)}},
            )

    async def _remove(self) -> None:
        if self._records:
            await self._send("DELETE", f"/records/{self._records.pop(0)}")

    async def _search(self) -> None:
        await self._send("GET", "/search", params={"q": self._random.choice(WORDS)})

    async def _browse(self) -> None:
        await self._send("GET", self._random.choice(["/workspaces", "/tables"]))

    async def _reindex(self) -> None:
        await self._send(
            "POST", self._random.choice([f"/tables/{self._table}/reindex", "/search/refresh"])
        )

    async def _wanted(self, method: str, path: str, **arguments: Any) -> Any:
        for _ in range(30):  # a fault may be on already
            answer = await self._send(method, path, **arguments)
            if answer is not None and answer.is_success:
                return answer.json()
            await asyncio.sleep(0.3)
        raise SystemExit(
            f"{method} {path} is not answered, so there is no user to make load with:"
            f" {dict(self.answers)}"
        )

    async def _send(self, method: str, path: str, **arguments: Any) -> httpx.Response | None:
        arguments["headers"] = arguments.get("headers") or (
            {"Authorization": f"Bearer {self._token}"} if self._token else {}
        )
        try:
            answer = await self._http.request(method, f"/api/v1{path}", **arguments)
        except httpx.HTTPError as error:
            self.answers[type(error).__name__] += 1
            return None
        self.answers[str(answer.status_code)] += 1
        return answer
