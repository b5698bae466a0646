"""Both servers, scraping one exporter at the same time, and what they saw."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from oracle.exporter import Exporter
from oracle.judging import complaints
from oracle.live_kinds import KINDS, down
from oracle.population import Population, population
from oracle.server import STALLS, Server, server
from programs import missing

_LEAD = 10.0
"""Seconds in which rules are written and loaded, before the trials begin."""

MOST_SECONDS = 240
"""No trial lasts longer."""


@pytest.fixture(scope="session")
def generated() -> Population:
    """The generated alerts and their proofs."""
    return population()


@pytest.fixture(scope="session")
def programs(promtool: Path, prometheus: Path) -> Mapping[str, Path]:
    """Prometheus 2, which lies beside its promtool, and Prometheus 3."""
    system = shutil.which("prometheus", path=str(promtool.parent))
    if system is None:
        missing("prometheus", "scripts/install-promtool.sh installs it")
    return {"2": Path(system), "3": prometheus}


@pytest.fixture(scope="session")
def oracle(
    generated: Population, programs: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Sequence[str]]:
    """By major version, each trial that did not go as pbmon says."""
    folder = tmp_path_factory.mktemp("oracle")
    exporter = Exporter({f"/stalls/{number}": down(number) for number in range(STALLS)})
    with ExitStack() as stack:
        url = stack.enter_context(exporter.serving())
        servers: dict[str, Server] = {
            major: stack.enter_context(server(program, folder / major, url))
            for major, program in programs.items()
        }
        begin = float(round(time.time() + _LEAD))
        trials = list(generated.trials(begin))
        trials += [kind.trial(f"k{number}_", begin) for number, kind in enumerate(KINDS.values())]
        end = max(trial.expected.end for trial in trials)
        assert end < MOST_SECONDS, f"trials last {end:.0f} seconds"
        rules = {trial.alert: trial.rules for trial in trials}
        for each in servers.values():
            each.load(rules)
        exporter.show((one for trial in trials for one in trial.series), begin)
        assert time.time() < begin, "rules were not loaded in time"
        time.sleep(begin + end + 2 - time.time())
        return {
            major: complaints(each, trials, begin, begin + end + 1)
            for major, each in servers.items()
        }
