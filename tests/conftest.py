"""The programs of others that tests ask for, the marks that follow from that, and Hypothesis's
profiles.

`make programs` installs the programs, and fetches the newer ones into .cache/newer.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from grafana_packages import installed
from hypothesis import HealthCheck, settings
from programs import left_out, mark, missing, reason
from shells import Shell

# No deadline: how long an example takes says more of the machine than of the code.
settings.register_profile(
    "default",
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.register_profile("quick", settings.get_profile("default"), max_examples=20)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=2000)

# promtool makes a database for every test, and drops it: a third of its time is collecting that.
os.environ.setdefault("GOGC", "400")

NEWER = Path(__file__).parent.parent / ".cache/newer/usr/bin"


@pytest.fixture(scope="session")
def promtool() -> Path:
    """The promtool of the system: PBMON_PROMTOOL, else the one on PATH."""
    return _system("promtool", "PBMON_PROMTOOL") or missing(
        "promtool", "scripts/install-promtool.sh installs it"
    )


@pytest.fixture(scope="session", params=["system", "newer"])
def promtools(request: pytest.FixtureRequest) -> Path:
    """Each promtool at hand: the system's, then a newer one. A test that takes this runs once with
    each.
    """
    if request.param == "system":
        return _system("promtool", "PBMON_PROMTOOL") or missing(
            "promtool", "scripts/install-promtool.sh installs it"
        )
    return _newer("promtool", "PBMON_PROMTOOL_NEWER") or missing(
        "a newer promtool", "`make newer` fetches it"
    )


@pytest.fixture(scope="session")
def prometheus() -> Path:
    """A Prometheus 3 server."""
    return _newer("prometheus", "PBMON_PROMETHEUS_NEWER") or missing(
        "prometheus 3", "`make newer` fetches it"
    )


@pytest.fixture(scope="session")
def amtool() -> Path:
    """amtool: PBMON_AMTOOL, else the newer one, else the one on PATH."""
    found = _newer("amtool", "PBMON_AMTOOL") or _system("amtool", "PBMON_AMTOOL")
    return found or missing("amtool", "`make newer` fetches it")


@pytest.fixture(scope="session")
def grafana_packages() -> Path:
    """A folder with the npm packages of Grafana that pbmon is compared with."""
    return installed()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Runs `pbmon` in this process, in an empty folder."""
    return Shell(tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def mypy_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy has read of libraries, so that it reads them once for all tests of a worker."""
    return tmp_path_factory.mktemp("mypy")


def _system(name: str, variable: str) -> Path | None:
    found = shutil.which(os.environ.get(variable) or name)
    return Path(found) if found else None


def _newer(name: str, variable: str) -> Path | None:
    path = Path(os.environ.get(variable) or NEWER / name)
    return path.absolute() if os.access(path, os.X_OK) else None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite", action="store_true", help="write golden files anew from what is rendered now"
    )


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--hypothesis-profile"):
        settings.load_profile("ci" if os.environ.get("CI") == "true" else "default")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: many tests wait for a server or a program."""
    return (os.cpu_count() or 1) + 1


# before pytest-xdist counts them, and before `-m` chooses among them
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks each test by what it needs. Slow files come first: workers then end together."""
    for item in items:
        mark(item)
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What collection has made stays: the garbage collector need not look at it again and again."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that lacks a program, and does not say by its fixtures that it needs one, fails."""
    report = yield
    if report.skipped and left_out([reason(report)]) and not item.get_closest_marker("program"):
        report.outcome = "failed"
        report.longrepr = "name its fixture in FIXTURES of tests/programs.py: " + reason(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", ())
    for line in left_out([reason(report) for report in skipped]):
        terminalreporter.write_line(line, yellow=True)
