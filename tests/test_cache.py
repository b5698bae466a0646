"""What is remembered between runs changes nothing but time."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pbmon import cache as cache_module
from pbmon.cache import Cache, digest_of, opened
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import suite
from pbmon.render.artifacts import render
from small_projects import SHOP, STORE, plan_of

FACTS: dict[str, tuple[object, ...]] = {
    "limit": (5, 7, 7.5, 9, 40),
    "share": (2, 3, 30),
    "wait": ("0s", "2m", "5m", "15m"),
    "keep": ("", "5m"),
    "severity": ("warning", "critical", "info"),
    "summary": (
        "Too many.",
        "{{ $value }} lamps.",
        "{{ $value | humanize }} in {{ $labels.job }}.",
    ),
    "impact": ("Users wait long.", "It costs money."),
    "label": ("a", "b"),
    "window": ("5m", "10m", "1h"),
    "recorded": ("visits.rate('5m')", "visits.rate('10m')", "visits.increase('5m')"),
    "by": ("job", "job, room"),
    "interval": ("15s", "30s", "1m"),
    "target": ("shop:80", "shop:8080"),
    "values": ("'kitchen', 'hall'", "'kitchen', 'hall', 'attic'"),
    "job": ("store", "depot"),
    "title": ("Lamps", "Lamps on"),
    "unit": ("short", "percent"),
    "legend": ("", "of {{job}}"),
    "stacked": (False, True),
    "help": ("Lamps on.", "Lamps that are on."),
    "comment": ("", "# one\n", "# one\n# two\n"),
}
"""What an edit may change, and into what."""

BODY = """
rate = Record("{level}:visits:rate", ({recorded}).sum(by=[{by}]), labels={{"kind": "{label}"}})
mean = Record("{level}:visits:mean", rate.avg_over_time("{window}"))
high = Alert("High", lamps.sum(by=[job]) > {limit}, for_="{wait}", keep_firing_for="{keep}",
    severity="{severity}", labels={{"team": "{label}"}}, summary="{summary}", impact="{impact}",
    action="Look at it.")
busy = Alert("Busy", mean > {limit}, for_="{wait}", **SAID)
board = Dashboard("Shop", uid="shop", file="shop", rows=[Row("{title}", Panel("{title}",
    lamps.sum(by=[job]), unit="{unit}", legend="{legend}", stacked={stacked}, alerts=[high],
    description="{impact}", limits=(0, {limit})))])
slow = Alert("Slow", stay.quantile(0.9, "{window}", by=[job]) > {share}, **SAID)
"""


def plan_with(facts: dict[str, object]) -> Plan:
    """A small project of these facts."""
    head = (
        SHOP.replace('["shop:80"]', f'["{facts["target"]}"], interval="{facts["interval"]}"')
        .replace('"kitchen", "hall"', str(facts["values"]))
        .replace("\n\n", f"\n{facts['comment']}\n", 1)
        .replace('"Lamps on."', f'"{facts["help"]}"')
    )
    store = STORE.replace('Job("store"', f'Job("{facts["job"]}"')
    level = f"{facts['by']}_kind".replace(", ", "_")
    return plan_of(BODY.format(**facts, level=level), head=head, store=store)


def texts(plan: Plan, cache: Cache | None = None, workers: int = 1) -> dict[str, str]:
    files = suite(plan, cache, workers=workers)
    return {artifact.path: artifact.text for artifact in render(plan, proofs=files, cache=cache)}


@pytest.mark.slow
def test_200_random_edits_give_the_same_bytes_with_a_cache_and_without(tmp_path: Path) -> None:
    chance = random.Random(10)
    facts = {name: values[0] for name, values in FACTS.items()}
    with opened(tmp_path / "cache/proofs.sqlite") as cache:
        for number in range(200):
            changed = chance.choice(list(FACTS))
            facts[changed] = chance.choice(FACTS[changed])
            plan = plan_with(facts)
            assert texts(plan, cache) == texts(plan), f"edit {number}, of {changed}: {facts}"


def test_the_number_of_processes_changes_no_byte() -> None:
    rules = [f'r{n} = Record("job:lamps_{n}:sum", lamps.sum(by=[job]) * {n})' for n in range(9)]
    rules += [f'a{n} = Alert("High{n}", lamps > {n + 4}, **SAID)' for n in range(9)]
    plan = plan_of(*rules)
    assert texts(plan, workers=3) == texts(plan, workers=2) == texts(plan, workers=1)


def test_a_proof_of_the_cache_is_the_proof(tmp_path: Path) -> None:
    plan = plan_with({name: values[0] for name, values in FACTS.items()})
    with opened(tmp_path / "proofs.sqlite") as cache:
        derived, known = suite(plan, cache), suite(plan, cache)
        assert derived == known == suite(plan)
    assert [p.cases for f in known for p in f.alerts] and {
        p.history is None for f in known for p in f.alerts
    } == {False}


def test_only_what_an_edit_changes_is_derived_again(tmp_path: Path) -> None:
    facts = {name: values[0] for name, values in FACTS.items()}
    shown: list[tuple[int, int]] = []
    with opened(tmp_path / "proofs.sqlite") as cache:
        suite(plan_with(facts), cache)
        suite(plan_with({**facts, "share": 30}), cache, lambda *done: shown.append(done))
    assert shown == [(5, 5)]  # of three alerts and two records one alert, the last to be known


def test_an_edit_of_pbmon_forgets_every_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    before = digest_of("a")
    read = Path.read_bytes
    monkeypatch.setattr(
        Path, "read_bytes", lambda file: read(file) + b"#" * (file.name == "engine.py")
    )
    cache_module._own.cache_clear()
    try:
        assert digest_of("a") != before
    finally:
        cache_module._own.cache_clear()


def test_texts_that_are_cut_elsewhere_have_another_digest() -> None:
    assert digest_of("ab", "c") != digest_of("a", "bc")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A cache that knows an answer to `a`."""
    with opened(tmp_path / "cache/proofs.sqlite") as cache:
        cache.write({digest_of("a"): "an answer"})
    return tmp_path / "cache/proofs.sqlite"


def answer(file: Path | None) -> str | None:
    with opened(file) as cache:
        return cache.read("test", [digest_of("a")]).get(digest_of("a"))


def test_what_is_written_is_read_again(file: Path) -> None:
    assert answer(file) == "an answer"
    assert answer(None) is None


def test_git_ignores_the_folder(file: Path) -> None:
    assert "*" in (file.parent / ".gitignore").read_text().splitlines()


def test_a_damaged_answer_is_none_and_is_written_anew(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        ((whole,),) = connection.execute("SELECT answer FROM answer").fetchall()
        for damaged in (whole[:-1], whole[:3] + b"x" + whole[4:], b"", "text", 5):
            connection.execute("UPDATE answer SET answer = ?", (damaged,))
            connection.commit()
            assert answer(file) is None
    with opened(file) as cache:
        cache.write({digest_of("a"): "an answer"})
    assert answer(file) == "an answer"


def test_another_answer_in_its_place_is_none(file: Path) -> None:
    with opened(file) as cache:
        cache.write({digest_of("b"): "another"})
    with sqlite3.connect(file) as connection:
        ((other,),) = connection.execute(
            "SELECT answer FROM answer WHERE digest = ?", (digest_of("b"),)
        ).fetchall()
        connection.execute("UPDATE answer SET answer = ?", (other,))
    assert answer(file) is None


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_made_anew(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert answer(file) is None
    with opened(file) as cache:
        cache.write({digest_of("a"): "an answer"})
    assert answer(file) == "an answer"


def test_a_database_with_holes_is_made_anew(file: Path) -> None:
    with opened(file) as cache:
        cache.write({digest_of(str(number)): os.urandom(900).hex() for number in range(300)})
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\0" * (len(content) - 4096))
    assert answer(file) is None
    with opened(file) as cache:
        cache.write({digest_of("a"): "an answer"})
    assert answer(file) == "an answer"


def test_a_place_where_nothing_can_be_written_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file stands where the folder belongs")
    assert answer(tmp_path / "cache/proofs.sqlite") is None
    (tmp_path / "folder/proofs.sqlite").mkdir(parents=True)
    assert answer(tmp_path / "folder/proofs.sqlite") is None


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    file = tmp_path / "proofs.sqlite"
    names = [str(number) for number in range(40)]
    with opened(file) as cache:
        cache.write({digest_of(name): os.urandom(500).hex() for name in names})
    with sqlite3.connect(file) as connection:
        for hour, name in enumerate(names):
            connection.execute(
                "UPDATE answer SET used = ? WHERE digest = ?", (hour, digest_of(name))
            )
    cache = Cache(file, most_bytes=15_000)
    cache.read("test", [digest_of("0")])  # used now
    cache.write({digest_of("new"): "new"})
    cache.close()
    with opened(file) as cache:
        kept = [name for name in (*names, "new") if cache.read("test", [digest_of(name)])]
    assert {"0", "39", "new"} <= set(kept) and "1" not in kept
    assert kept[1:-1] == names[-len(kept) + 2 :]


WRITER = """
import os, sys
from pathlib import Path
from pbmon.cache import digest_of, opened
number = 0
while True:
    with opened(Path(sys.argv[1])) as cache:
        cache.write({digest_of(f"{n}"): f"{n}" * 500 for n in range(number, number + 50)})
        texts = {digest_of(f"{n}"): f"{n}" * 500 for n in range(number)}
        assert cache.read("test", texts).items() <= texts.items()
    number = (number + 50) % 2000
    print(number, flush=True)
"""


def test_processes_that_write_at_once_and_are_killed_leave_it_whole(tmp_path: Path) -> None:
    file = tmp_path / "cache/proofs.sqlite"
    chance = random.Random(3)
    for _ in range(5):
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", WRITER, str(file)], stdout=subprocess.PIPE, text=True
            )
            for _ in range(3)
        ]
        for writer in writers:
            assert writer.stdout is not None and writer.stdout.readline()  # it works
        time.sleep(chance.random() / 5)
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
            writer.communicate()
        with opened(file) as cache:
            known = cache.read("test", [digest_of(f"{n}") for n in range(2000)])
            assert known and set(known.values()) <= {f"{n}" * 500 for n in range(2000)}
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
