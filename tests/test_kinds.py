"""The kinds of definition stand in one place; whatever lists them derives from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

import pbmon
import pytest
from pbmon.catalog import catalog as catalog_module
from pbmon.catalog import unbound
from pbmon.catalog.catalog import Catalog, duplicates, load
from pbmon.errors import DefinitionErrors
from pbmon.model.definition import KINDS, Definition
from pbmon.source import Source, here
from small_projects import PROJECT, SHOP, STORE, catalog_of

MADE = {
    "Alert": 'Alert("A", lamps > 1, **SAID)',
    "CacheInstrumentation": (
        'CacheInstrumentation(path="a/cache.py",'
        ' operations=Counter("o_total", "O.", labels=[op, ok]),'
        ' duration=Histogram("o_seconds", "O.", labels=[op], buckets=[1]))'
    ),
    "CeleryInstrumentation": (
        'CeleryInstrumentation(tasks=Counter("t_total", "T.", labels=[task, status]),'
        ' duration=Histogram("t_seconds", "T.", labels=[task], buckets=[1]),'
        ' retries=Counter("r_total", "R.", labels=[task, reason]),'
        ' failures=Counter("f_total", "F.", labels=[task, error]),'
        ' active=Gauge("t", "T.", labels=[task]), processes=Gauge("p", "P."),'
        ' queue_size=Gauge("q", "Q.", labels=[queue]),'
        ' memory=Gauge("m_bytes", "M.", labels=[worker]))'
    ),
    "Counter": 'Counter("doors_total", "D.")',
    "Dashboard": 'Dashboard("D", uid="d", file="d", rows=[Row("R", Panel("P", lamps))])',
    "DatabaseInstrumentation": (
        'DatabaseInstrumentation(path="a/db.py", duration=Histogram("s_seconds", "S.",'
        " labels=[sql], buckets=[1]))"
    ),
    "Gauge": 'Gauge("doors", "D.")',
    "Histogram": 'Histogram("d_seconds", "D.", buckets=[1])',
    "HttpInstrumentation": (
        'HttpInstrumentation(path="a/http.py", requests=Counter("h_total", "H.", labels=[method,'
        ' endpoint, code]), latency=Histogram("h_seconds", "H.", labels=[method, endpoint],'
        " buckets=[1]))"
    ),
    "MetricsEndpoint": 'MetricsEndpoint(path="a/page.py", settings="a/settings.py")',
    "Project": 'Project(name="p", title="P", runbook_url="https://example.com")',
    "Record": 'Record(":lamps:sum", lamps.sum())',
    "RuleGroup": 'RuleGroup("g", "G.")',
    "RuleTest": 'RuleTest(alert, given={"lamps": "1"}, fires_at="1m")',
    "Service": 'Service("s", jobs=[Job("s", ["s:80"])])',
    "Slo": 'Slo("s", good=up.where(job.is_("shop")), objective="99")',
    "Summary": 'Summary("s", "S.", observed=Exporter("e", "1"))',
}
"""How each kind of definition is made, in a module that begins as below."""

HEAD = (
    SHOP
    + """\
op = Label("operation", "O.", values=("get", "set", "delete"))
ok = Label("status", "S.", values=("hit", "miss", "ok", "error"))
sql = Label("operation", "O.", values=("select", "other"))
code = Label("status", "S.", values=("200",), other="other")
method = Label("method", "M.", values=("GET",), other="other")
endpoint, status, task, reason, error, queue, worker = (
    Label(name, "L.", max_values=9, other="other")
    for name in (
        "endpoint", "status", "task_type", "reason", "error_type", "queue_name", "worker_type"
    )
)
alert = Alert("B", lamps > 1, **SAID)
"""
)
LINE = HEAD.count("\n") + 1


def mistakes(body: str) -> list[str]:
    with pytest.raises(DefinitionErrors) as raised:
        catalog_of(body, head=HEAD)
    return [str(each) for each in raised.value.errors]


def test_every_kind_that_pbmon_offers_is_tried() -> None:
    offered = {
        name
        for name in pbmon.__all__
        if isinstance(kind := getattr(pbmon, name), type) and issubclass(kind, KINDS)
    }
    assert MADE.keys() == offered


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize(
    "statement",
    [
        "{}",
        "if True:\n    {}",
        "import pbmon as p\np.{}",
        "from pbmon import {kind} as K\nK{rest}",
        "def make():\n    return {}\nmake()",
        "[{}]",
        "for _ in 'a':\n    {}",
    ],
)
def test_a_definition_that_is_bound_to_no_name_is_a_mistake(kind: str, statement: str) -> None:
    body = statement.format(MADE[kind], kind=kind, rest=MADE[kind].removeprefix(kind))
    (told,) = (each for each in mistakes(body) if "is bound to no name" in each)
    assert f"this {kind} is bound to no name, so it is never rendered" in told
    assert int(told.split(":")[1]) >= LINE


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize(
    "statement",
    ["for _ in 'ab':\n    x = {}", "x = {}\nx = 1", "x: object = {}\nx = [x for x in '']"],
)
def test_a_definition_whose_name_is_bound_again_is_a_mistake(kind: str, statement: str) -> None:
    told = mistakes(statement.format(MADE[kind]))
    assert any(f"later, so this {kind} is never rendered" in each for each in told)


@pytest.mark.parametrize("kind", sorted(MADE.keys() - {"Project", "Service"}))
@pytest.mark.parametrize(
    "statement",
    ["x = {}", "x = []\nx.append({})", "x = {{}}\nfor n in 'a':\n    y = {}\n    x[n] = y"],
)
def test_a_definition_that_a_name_holds_is_in_the_catalog(kind: str, statement: str) -> None:
    catalog = catalog_of(statement.format(MADE[kind]), head=HEAD)
    wanted = getattr(pbmon, kind)
    own = [each for each in catalog.of(wanted) if str(each.source).startswith("definitions/shop")]
    assert [each for each in own if each.source.line >= LINE]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_definition_is_itself_only_so_that_it_can_be_a_key(kind: type) -> None:
    assert kind.__hash__ is object.__hash__ and kind.__eq__ is object.__eq__


@dataclass(frozen=True, eq=False)
class Dummy:
    """A kind that nobody has heard of."""

    name: str
    source: Source = field(default_factory=here, init=False)


def test_a_new_kind_needs_its_names_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `Definition | Dummy` would do, mypy names the first of these, too (`assert_never`)."""
    monkeypatch.setattr(unbound, "KINDS", (*KINDS, Dummy))
    monkeypatch.setattr(pbmon, "Dummy", Dummy, raising=False)
    monkeypatch.setattr(pbmon, "__all__", [*pbmon.__all__, "Dummy"])
    folder = tmp_path / "definitions"
    folder.mkdir()
    (folder / "project.py").write_text(PROJECT)
    (folder / "store.py").write_text(STORE)
    (folder / "shop.py").write_text(SHOP + 'bound = Dummy("d")\n')
    with pytest.raises(AssertionError, match=r"unreachable.*Dummy"):
        list(duplicates([Dummy("d")]))  # type: ignore[list-item]
    names = catalog_module._names
    monkeypatch.setattr(
        catalog_module,
        "_names",
        lambda each: [("dummy", each.name)] if isinstance(each, Dummy) else names(each),
    )
    assert [each.name for each in load(folder).of(Dummy)] == ["d"]
    (folder / "shop.py").write_text(SHOP + 'bound = Dummy("d")\nDummy("e")\ntwice = Dummy("d")\n')
    with pytest.raises(DefinitionErrors) as raised:
        load(folder)
    assert "this Dummy is bound to no name" in str(raised.value)
    assert "dummy d is defined a second time" in str(raised.value)


def test_every_kind_is_in_a_list_of_the_catalog() -> None:
    made = [text for kind, text in MADE.items() if kind not in ("Project", "Service")]
    catalog = catalog_of("\n".join(map("x{} = {}".format, range(len(made)), made)), head=HEAD)
    lists = [
        getattr(catalog, name)
        for name, member in vars(Catalog).items()
        if type(member).__name__ == "cached_property"
    ]
    for kind in get_args(Definition):
        whole = set(catalog.of(kind))
        assert whole, kind
        assert any(whole <= {*each} for each in (*lists, [catalog.project])), kind
