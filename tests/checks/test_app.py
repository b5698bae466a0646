"""What `validate --app` finds in an app's source: metrics that nothing updates, labels and tasks
that nobody declared.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from pbmon import CeleryInstrumentation
from pbmon.app_source.copies import generated_modules, read_copies
from pbmon.app_source.files import AppSource, read_app
from pbmon.catalog.catalog import load
from pbmon.checks.app.usage import app_has_current_modules
from pbmon.checks.case import Case
from pbmon.checks.validation import APP
from pbmon.errors import UsageError
from pbmon.finding import Finding
from pbmon.plan.plan import Plan, resolve
from pbmon.render.artifacts import render
from small_projects import plan_of

pytestmark = pytest.mark.slow  # reads the whole example app anew for every fault

ROOT = Path(__file__).parents[2]
LATER = "so what reads it shows nothing, or 0 for ever (app-updates-metric)"


@pytest.fixture(scope="module")
def shop() -> Plan:
    """lamps{room}, visits_total{room}, stay_seconds, in module `shop`; rooms are
    kitchen and hall.
    """
    return plan_of()


@pytest.fixture(scope="module")
def pybase() -> Plan:
    return resolve(load(ROOT / "definitions", "development"))


def check_app(plan: Plan, app: AppSource) -> list[Finding]:
    """Findings of every check of the app."""
    case = Case(plan, app=app)
    return [finding for check in APP.checks for finding in check(case)]


def found(plan: Plan, folder: Path, **files: str) -> list[str]:
    """The findings of an app of these files, their names without `.py`, as a user reads them but
    for the folder.
    """
    for name, text in files.items():
        path = folder / "app" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return [
        str(finding).replace(f"{folder.as_posix()}/", "")
        for finding in check_app(plan, read_app(folder / "app"))
    ]


def not_updated(plan: Plan, folder: Path, **files: str) -> set[str]:
    """Names of the metrics of which the checks say that nothing updates them."""
    texts = [text for text in found(plan, folder, **files) if "(app-updates-metric)" in text]
    return {text.partition(" updates ")[2].partition(",")[0] for text in texts}


def test_pybase_updates_every_metric_with_the_labels_it_has(pybase: Plan) -> None:
    assert list(check_app(pybase, read_app(ROOT / "examples/pybase"))) == []


WITHOUT = {
    "the middleware is not added": (
        "src/pybase/main.py",
        "app.add_middleware(PrometheusMiddleware, skip_paths=[metrics.PATH])", "pass",
        {"http_requests_total", "http_request_duration_seconds", "websocket_connections_active"},
    ),
    "no engine is observed": (
        "src/pybase/main.py", "observe_engine(engine())", "pass",
        {"db_query_duration_seconds", "db_pool_connections_in_use", "db_pool_connections_max"},
    ),
    "nothing is counted in the database": (
        "src/pybase/main.py", "counts = Counts(\n        engine(), ", "counts = dict(\n        ",
        {"pybase_objects"}
    ),
    "the cache is not wrapped": (
        "src/pybase/cache.py", "MeasuredCache(connected(_Client, decode_responses=True))",
        "connected(_Client)",
        {"cache_operations_total", "cache_operation_duration_seconds"},
    ),
    "users are not told": (
        "src/pybase/events.py", "active_users_gauge.set(", "print(", {"active_users"}
    ),
    "the workers' engine is not observed": (
        "workers/celery_app.py", "observe_engine(engine())", "pass",
        {"worker_db_operation_duration_seconds"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WITHOUT)
def test_what_an_app_does_not_use_updates_nothing(name: str, pybase: Plan, tmp_path: Path) -> None:
    """Each fault in PyBase is named by the metrics that it leaves without a value, though their
    module is still imported.
    """
    file, old, new, metrics = WITHOUT[name]
    shutil.copytree(
        ROOT / "examples/pybase", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__")
    )
    text = (tmp_path / "app" / file).read_text("utf-8")
    assert text.count(old) == 1
    (tmp_path / "app" / file).write_text(text.replace(old, new), "utf-8")
    assert not_updated(pybase, tmp_path) == metrics


def test_a_workers_module_that_nobody_imports_counts_nothing(pybase: Plan, tmp_path: Path) -> None:
    """As in the hand-written app, whose workers never imported theirs."""
    imported = "from celery import Celery\n\napp = Celery()\n"
    everything = {
        metric.name
        for planned in pybase.instrumentation
        if isinstance(planned.definition, CeleryInstrumentation)
        for metric in planned.definition.metrics
    }
    assert everything <= not_updated(pybase, tmp_path, celery_app=imported)
    assert not everything & not_updated(
        pybase, tmp_path, celery_app=f"import workers.worker_metrics\n{imported}"
    )
    named = imported.replace("Celery()", 'Celery(include=["workers.worker_metrics"])')
    assert not everything & not_updated(pybase, tmp_path, celery_app=named)


def test_a_page_that_no_route_leads_to_is_found(pybase: Plan, tmp_path: Path) -> None:
    texts = found(pybase, tmp_path, main="from pybase.api.v1.metrics import metrics\n")
    problem = (
        "nothing in the app serves the page of src/pybase/api/v1/metrics.py, so Prometheus gets"
        " none of the app's metrics"
    )
    help = "from pybase.api.v1.metrics import metrics, and give it a route"
    assert [text.partition(": ")[2] for text in texts if "serves" in text] == [
        f"{problem} (app-serves-metrics)\n  help: {help}"
    ]


UPDATED = {
    "imported by name": "from shop import visits_total\nvisits_total.labels('hall').inc()",
    "under another name": "from shop import visits_total as v\nv.labels('hall').inc()",
    "through its module": "import shop\nshop.visits_total.labels(room='hall').inc()",
    "through its module under another name": (
        "import shop as s\ns.visits_total.labels('hall').inc()"
    ),
    "in a function": (
        "def visit():\n    from shop import visits_total\n    visits_total.labels('hall').inc()"
    ),
    "a series kept": (
        "from shop import visits_total\nhall = visits_total.labels('hall')\ndef visit():\n   "
        " hall.inc()"
    ),
    "a series kept in an object": (
        "import shop\nclass Visits:\n    def __init__(self):\n        self.hall ="
        " shop.visits_total.labels('hall')\n    def visit(self):\n        self.hall.inc()"
    ),
    "kept by a class": (
        "import shop\nclass Visits:\n    count = shop.visits_total\n    def visit(self):\n       "
        " self.count.labels('hall').inc()"
    ),
    "a method kept": "from shop import visits_total\nvisit = visits_total.labels('hall').inc",
    "in one of two ways": (
        "from shop import lamps, visits_total\n(lamps if 0 else visits_total).labels('hall').inc()"
    ),
    "all names": "from shop import *\nvisits_total.labels('hall').inc()",
    "metrics of its own": (
        "from shop import Metrics\nm = Metrics(None)\nm.visits_total.labels('hall').inc()"
    ),
    "an argument": "from shop import visits_total\ncount(visits_total)",
    "in a list": "from shop import visits_total\nALL = [visits_total]",
    "its module handed on": "import shop\ngetattr(shop, 'visits' + '_total').labels('hall').inc()",
    "a decorator": (
        "from shop import visits_total\n@visits_total.labels('hall').count_exceptions()\ndef"
        " f(): ..."
    ),
}


@pytest.mark.parametrize("name", UPDATED)
def test_an_update_is_seen_under_whatever_name(name: str, shop: Plan, tmp_path: Path) -> None:
    assert "visits_total" not in not_updated(shop, tmp_path, visits=UPDATED[name])


def test_an_update_is_seen_through_files_that_hand_a_metric_on(shop: Plan, tmp_path: Path) -> None:
    files = {
        "src/house/__init__": "from .counting import counted\n",
        "src/house/counting": "from shop import visits_total\ncounted = visits_total\n",
        "src/house/rooms/hall": "from .. import counted\ncounted.labels('hall').inc()\n",
    }
    assert not_updated(shop, tmp_path, **files) == {"lamps", "stay_seconds"}


NOT_UPDATED = {
    "only imported": "from shop import visits_total",
    "only asked for a series": "from shop import visits_total\nvisits_total.labels('hall')",
    "only kept": "from shop import visits_total\nkept = visits_total",
    "another thing of that name": (
        "from house import visits_total\nvisits_total.labels('hall').inc()"
    ),
    "an argument of that name": (
        "from shop import visits_total\ndef f(visits_total):\n    visits_total.inc()"
    ),
    "a name of the function": (
        "from shop import visits_total\ndef f():\n    visits_total = other()\n   "
        " visits_total.inc()"
    ),
}


@pytest.mark.parametrize("name", NOT_UPDATED)
def test_a_name_alone_updates_nothing(name: str, shop: Plan, tmp_path: Path) -> None:
    assert "visits_total" in not_updated(shop, tmp_path, visits=NOT_UPDATED[name])


def test_tests_of_the_app_environments_and_the_module_itself_update_nothing(
    shop: Plan, tmp_path: Path
) -> None:
    update = "from shop import visits_total\nvisits_total.labels('hall').inc()\n"
    places = ("tests/visits", "test_visits", "conftest", "env/lib/visits", ".hidden/visits", "shop")
    (tmp_path / "app/env").mkdir(parents=True)
    (tmp_path / "app/env/pyvenv.cfg").touch()
    files = {"main": "print()\n", **dict.fromkeys(places, update)}
    assert not_updated(shop, tmp_path, **files) == {"lamps", "stay_seconds", "visits_total"}


def _no(value: str) -> str:
    return (
        f"has no value {value!r}, so it is not counted (app-gives-declared-labels)\n "
        " help: it has 'kitchen', 'hall'"
    )


_REFUSED = "so the call raises TypeError (app-gives-declared-labels)\n  help: it has room"
LABELS = {
    "a value": ("visits_total.labels('cellar').inc()", _no("cellar")),
    "by name": ("visits_total.labels(room='cellar').inc()", _no("cellar")),
    "behind a name": ("WHERE = 'cellar'\nvisits_total.labels(WHERE).inc()", _no("cellar")),
    "a condition": ("visits_total.labels('hall' if 1 else 'attic').inc()", _no("attic")),
    "a loop": ("for room in ['hall', 'attic']:\n    visits_total.labels(room).inc()", _no("attic")),
    "an enumeration": (
        "from enum import Enum\nclass Room(Enum):\n    ATTIC = 'attic'\n"
        "visits_total.labels(Room.ATTIC.value).inc()", _no("attic"),
    ),
    "too many": ("visits_total.labels('hall', 'left').inc()", _REFUSED),
    "none": ("visits_total.labels().inc()", _REFUSED),
    "another label": ("visits_total.labels(floor='1').inc()", _REFUSED),
    "twice": ("visits_total.labels('hall', room='hall').inc()", _REFUSED),
}  # fmt: skip


@pytest.mark.parametrize("name", LABELS)
def test_labels_that_a_metric_does_not_have_are_found_where_they_are_given(
    name: str, shop: Plan, tmp_path: Path
) -> None:
    code, expected = LABELS[name]
    texts = found(shop, tmp_path, visits=f"from shop import visits_total\n{code}\n")
    given = [text for text in texts if "(app-gives-declared-labels)" in text]
    assert (
        len(given) == 1
        and given[0].startswith(f"app/visits.py:{code.count(chr(10)) + 2}: ")
        and given[0].endswith(expected)
    )


RIGHT = (
    "visits_total.labels('hall')",
    "visits_total.labels(room='kitchen')",
    "visits_total.labels(where())",
    "visits_total.labels(f'{floor}')",
    "visits_total.labels(*where)",
    "visits_total.labels(**where)",
    "def f(room):\n    visits_total.labels(room)",
    "other.labels('cellar')",
)


@pytest.mark.parametrize("code", RIGHT)
def test_labels_that_may_be_right_are_not_found(code: str, shop: Plan, tmp_path: Path) -> None:
    texts = found(shop, tmp_path, visits=f"from shop import visits_total\n{code}\n")
    assert [text for text in texts if "(app-gives-declared-labels)" in text] == []


def test_a_task_that_counts_as_other_is_found(pybase: Plan, tmp_path: Path) -> None:
    code = (
        "import workers.worker_metrics\n"
        "@app.task(name='workers.search.index_table')\ndef a(): ...\n"
        "@app.task(name='reindex')\ndef b(): ...\n"
        "@shared_task\ndef index_record(): ...\n"
        "@shared_task\ndef tidy(): ...\n"
        "with workers.worker_metrics.TaskMetrics('extract_dwg'): ...\n"
        "workers.worker_metrics.track_retry('extract_pdf')\n"
    )
    texts = [
        text for text in found(pybase, tmp_path, tasks=code) if "(app-names-declared-tasks)" in text
    ]
    assert [text.partition(", so it counts as 'other'")[0] for text in texts] == [
        f"app/tasks.py:{line}: label 'task_type' of worker_tasks_total has no value {name!r}"
        for line, name in ((4, "reindex"), (8, "tidy"), (10, "extract_dwg"))
    ]


def test_a_metric_that_the_app_makes_itself_is_found(shop: Plan, tmp_path: Path) -> None:
    code = (
        "from prometheus_client import Counter\nimport prometheus_client as p\nCounter('visits',"
        " '')\np.Gauge('doors', '')\n"
    )
    texts = [text for text in found(shop, tmp_path, own=code) if "(app-makes-no-metric)" in text]
    assert texts == [
        (
            "app/own.py:3: the app makes visits itself, so it exists twice (app-makes-no-metric)\n"
            "  help: import it from the generated module; it is defined at definitions/shop.py:6"
        ),
        (
            "app/own.py:4: the app makes doors itself, so no rule, panel or bound knows it"
            " (app-makes-no-metric)\n  help: define it, and import it from the generated module"
        ),
    ]


def test_a_metric_that_nothing_updates_is_told_at_its_definition(
    shop: Plan, tmp_path: Path
) -> None:
    assert found(shop, tmp_path, main="print()\n") == [
        f"definitions/shop.py:{line}: nothing in the app updates {name}, {LATER}\n"
        f"  help: import {name} from shop and count in it, or drop it"
        for line, name in ((5, "lamps"), (6, "visits_total"), (7, "stay_seconds"))
    ]


def test_a_file_that_python_cannot_read_is_told(shop: Plan, tmp_path: Path) -> None:
    broken = {
        "broken": "def f(:\n",
        "main": "from shop import *\nuse(lamps, visits_total, stay_seconds)\n",
    }
    problem = (
        "Python cannot read the file (invalid syntax), so what it does with metrics is not known"
    )
    assert found(shop, tmp_path, **broken) == [
        f"app/broken.py:1: {problem} (app-is-readable)\n  help: see `python -m py_compile"
        " app/broken.py`"
    ]


@pytest.mark.parametrize("text", ["\0", "# coding: klingon\n"])
def test_bytes_that_are_no_source_are_told(text: str, shop: Plan, tmp_path: Path) -> None:
    texts = found(shop, tmp_path, broken=text)
    assert texts[0].startswith("app/broken.py") and "(app-is-readable)" in texts[0]


def test_a_folder_that_is_left_out_updates_nothing(shop: Plan, tmp_path: Path) -> None:
    """pbmon's own output may lie in the app's repository."""
    update = "from shop import visits_total\nvisits_total.labels('hall').inc()\n"
    assert found(shop, tmp_path, **{"main": "print()", "build/visits": update}) != []
    findings = check_app(shop, read_app(tmp_path / "app", without=[tmp_path / "app/build"]))
    assert any("visits_total" in finding.problem for finding in findings)


def stale_copies(plan: Plan, app: Path, copies: dict[str, str], out: Path) -> list[str]:
    """Findings on an app that holds these files, beside one of its own."""
    for path, text in {**copies, "main.py": "print()\n"}.items():
        (app / path).parent.mkdir(parents=True, exist_ok=True)
        (app / path).write_bytes(text.encode())
    artifacts = render(plan, "code")
    source = replace(
        read_app(app, without=generated_modules(app, artifacts)),
        copies=read_copies(app, out, artifacts),
    )
    findings = app_has_current_modules(Case(plan, artifacts=artifacts, app=source))
    return [str(finding).replace(f"{app.parent.as_posix()}/", "") for finding in findings]


def test_the_copies_of_generated_modules_are_those_that_are_rendered(
    pybase: Plan, tmp_path: Path
) -> None:
    """Missing, edited or older ones are named; the stamp and the ends of lines do not count."""
    rendered = {artifact.path: artifact.text for artifact in render(pybase, "code")}
    assert len(rendered) > 3
    first, second = list(rendered)[:2]
    stamped = {
        path: f"# another stamp\n{text.partition(chr(10))[2]}".replace("\n", "\r\n")
        for path, text in rendered.items()
    }
    nowhere = tmp_path / "nowhere"
    assert stale_copies(pybase, tmp_path / "none", {}, nowhere) == []
    assert stale_copies(pybase, tmp_path / "current", stamped, nowhere) == []
    below_src = {path.removeprefix("src/"): text for path, text in stamped.items()}
    assert stale_copies(pybase, tmp_path / "src", below_src, nowhere) == []
    copies = {**stamped, second: stamped[second] + "# mine\n"}
    del copies[first]
    assert [
        text.partition(", so")[0]
        for text in stale_copies(pybase, tmp_path / "app", copies, nowhere)
    ] == [
        f"app/{first}: the app has other generated modules and not this one",
        f"app/{second}: the app's module is not what the definitions render to",
    ]
    assert stale_copies(pybase, tmp_path / "app", copies, tmp_path / "app") == [], (
        "what lies in the output folder is compared there"
    )


def test_a_folder_without_an_app_is_a_wrong_call(tmp_path: Path) -> None:
    for folder, problem in (
        (tmp_path / "gone", "is no folder"),
        (tmp_path, "holds no Python of an app's own"),
    ):
        with pytest.raises(UsageError, match=problem):
            read_app(folder)


def test_code_that_knows_nothing_of_the_metrics_is_only_told_that(pybase: Plan) -> None:
    """A large package: no error, and nothing in it is taken for an update, a label or a metric."""
    spec = importlib.util.find_spec("sqlalchemy")
    assert spec and spec.origin
    findings = list(check_app(pybase, read_app(Path(spec.origin).parent / "orm")))
    assert {finding.check for finding in findings} == {"app-serves-metrics", "app-updates-metric"}
    assert len(findings) == 1 + sum(len(module.metrics) for module in pybase.modules)


def test_the_entries_of_generated_files_exist(pybase: Plan) -> None:
    """What the checks look for in the app is what the rendered files offer, and counts all that
    they count in.
    """
    texts = {artifact.path: artifact.text for artifact in render(pybase, "code")}
    for own in pybase.instrumentation:
        (offered,) = re.findall(r"^__all__ = (\[[^]]*\])", texts[own.paths[0]], re.MULTILINE)
        entries = {entry.partition("(")[0] for entry in own.definition.entries if entry}
        assert entries <= set(ast.literal_eval(offered))
        assert {metric for metrics in own.definition.entries.values() for metric in metrics} == set(
            own.definition.metrics
        )
