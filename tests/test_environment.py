"""What differs between environments is laid over the definitions; what does not fit them is told
with its file and line.

A case is tests/environments/<name>.yaml, laid over the definitions in shop.py there, and the
message it gets, in a .txt of the same name. `pytest --rewrite` writes the messages anew; read the
difference before committing it.
"""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st
from pbmon.catalog.catalog import load
from pbmon.catalog.environment import Environment, read_environment
from pbmon.errors import DefinitionErrors
from pbmon.expr.text import promql
from pbmon.plan.overlay import Settings
from pbmon.plan.plan import Plan, resolve
from pbmon.plan.rules import PlannedAlert
from small_projects import PROJECT, plan_of

CASES = Path(__file__).parent / "environments"
KNOWN = {"alerts": ["On"], "jobs": ["shop"], "receivers": ["pager"]}


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.yaml")))
def test_an_overlay_that_does_not_fit_is_named_where_it_was_written(
    case: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "definitions"
    (folder / "environments").mkdir(parents=True)
    shutil.copy(CASES / "shop.py", folder)
    shutil.copy(CASES / f"{case}.yaml", folder / "environments")
    with pytest.raises(DefinitionErrors) as raised:
        resolve(load(folder, case))
    message = f"{raised.value}\n"
    assert message.startswith(f"definitions/environments/{case}.yaml:")
    expected = CASES / f"{case}.txt"
    if request.config.getoption("--rewrite"):
        expected.write_text(message, "utf-8")
    assert message == expected.read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "e.yaml:1: YAML cannot read this: it is not UTF-8"),
        (
            b"alerts:\n  \x01",
            "e.yaml:2: YAML cannot read this: character U+0001 may not stand in it",
        ),
        (b"? [a]\n: b\n", "e.yaml:1: YAML cannot read this: found unhashable key"),
        (b"a: 1\n---\nb: 2\n", "e.yaml:2: YAML cannot read this: but found another document"),
    ],
)
def test_a_file_that_yaml_cannot_read_is_named_with_its_line(
    content: bytes, message: str, tmp_path: Path
) -> None:
    assert message in mistake(tmp_path, content)


@pytest.mark.parametrize(
    "name",
    ["moon", "", ".", "..", "../secret", "../../secret", "a/e", "a\\e", "./e", "e.yaml", "/secret"],
)
def test_only_names_of_files_in_the_folder_are_environments(tmp_path: Path, name: str) -> None:
    """So no name leads out of it; which there are is said."""
    folder = tmp_path / "project" / "definitions"
    folder.mkdir(parents=True)
    read(folder, b"")
    for place in (tmp_path, tmp_path / "project", folder, folder / "environments" / "a"):
        place.mkdir(exist_ok=True)
        (place / "secret.yaml").write_text("x: y")
        if place.name == "a":
            (place / "e.yaml").write_text("x: y")
    if name == "/secret":
        name = str(tmp_path / "secret")
    with pytest.raises(DefinitionErrors) as raised:
        read_environment(folder, name, KNOWN)
    assert str(raised.value) == (
        f"definitions/environments: there is no environment {name!r}\n"
        "  help: there is: development, e"
    )


def test_the_default_environment_needs_no_file(tmp_path: Path) -> None:
    assert read_environment(tmp_path, "development", KNOWN) == Environment()


@pytest.mark.parametrize(
    "content",
    [b"", b"# nothing yet\n", b"---\n", b"{}\n", b"alerts: {}\n", "\ufeff{}\r\n".encode()],
)
def test_an_overlay_that_says_nothing_changes_nothing(content: bytes, tmp_path: Path) -> None:
    assert read(tmp_path, content) == Environment("e")


def test_keys_are_read_as_they_are_written(tmp_path: Path) -> None:
    """YAML 1.1 takes On, no and 1 for something else than text."""
    overlay = read(tmp_path, b"alerts:\n  On: {threshold: 1}\nexternal_labels: {no: x, y: z}\n")
    assert list(overlay.alerts) == ["On"] and overlay.settings["external_labels"] == {
        "no": "x",
        "y": "z",
    }


def test_an_anchor_stands_for_what_it_names(tmp_path: Path) -> None:
    overlay = read(tmp_path, b"targets: {shop: &addresses ['a:1']}\nalertmanagers: *addresses\n")
    assert overlay.targets["shop"] == ("a:1",) and overlay.settings["alertmanagers"] == ["a:1"]


def test_a_merged_key_may_be_set_again(tmp_path: Path) -> None:
    known = {**KNOWN, "alerts": ["A", "B"]}
    overlay = read(
        tmp_path, b"alerts:\n  A: &a {threshold: 1, for: 5m}\n  B: {<<: *a, for: 9m}\n", known
    )
    assert (overlay.alerts["B"].threshold, overlay.alerts["B"].for_) == (Decimal(1), "9m")


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4
    )
)
def test_a_threshold_is_read_exactly(number: Decimal) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        overlay = read(Path(folder), f"alerts: {{On: {{threshold: {number:f}}}}}".encode())
    assert overlay.alerts["On"].threshold == number and isinstance(
        overlay.alerts["On"].threshold, Decimal
    )


ALERT = 'On = Alert("On", {}, for_="5m", **SAID)'


def alert(expression: str, environment: str) -> PlannedAlert:
    """The alert of this expression, with the overlay."""
    return next(
        plan_of(
            'doors = Gauge("doors", "Doors.", labels=[room])',
            ALERT.format(expression),
            environment=environment,
        ).alerts
    )


@pytest.mark.parametrize(
    ("written", "overlaid"),
    [
        ("lamps > 5", 'lamps{job="shop"} > 7.5'),
        ("lamps <= 5", 'lamps{job="shop"} <= 7.5'),
        ("5 < lamps", 'lamps{job="shop"} > 7.5'),
        ("(lamps > 5).and_(doors)", '(lamps{job="shop"} > 7.5) and doors{job="shop"}'),
        ("doors.and_(lamps > 5)", 'doors{job="shop"} and (lamps{job="shop"} > 7.5)'),
        ("(lamps > 5).or_(doors > 1)", '(lamps{job="shop"} > 7.5) or (doors{job="shop"} > 1)'),
        (
            "(lamps > doors).or_(doors > 1)",
            '(lamps{job="shop"} > doors{job="shop"}) or (doors{job="shop"} > 7.5)',
        ),
        ("doors.unless(lamps > 5)", 'doors{job="shop"} unless (lamps{job="shop"} > 7.5)'),
        ("lamps / (doors > 0) > 5", '(lamps{job="shop"} / (doors{job="shop"} > 0)) > 7.5'),
        ("(lamps > 2).count(by=[job]) > 5", 'count by (job) (lamps{job="shop"} > 2) > 7.5'),
    ],
)
def test_a_threshold_is_laid_over_the_comparison_that_decides(written: str, overlaid: str) -> None:
    assert promql(alert(written, "alerts: {On: {threshold: 7.5}}").expr) == overlaid


@pytest.mark.parametrize(
    "written",
    ["(lamps > doors)", "lamps.equals(0)", "lamps.absent()", "(lamps / (doors > 0)).and_(doors)"],
)
def test_an_alert_without_a_limit_takes_no_threshold(written: str) -> None:
    with pytest.raises(
        DefinitionErrors,
        match="On has no number behind >, <, >= or <=, so its threshold cannot be set",
    ):
        alert(written, "alerts: {On: {threshold: 7.5}}")


@pytest.mark.parametrize(
    ("overlay", "lasts"), [("{for: 1h30m}", "1h30m"), ("{for: 0s}", "0s"), ("{threshold: 1}", "5m")]
)
def test_for_is_laid_over_and_else_stays(overlay: str, lasts: str) -> None:
    assert alert("lamps > 5", f"alerts: {{On: {overlay}}}").for_ == lasts


def test_a_threshold_that_is_not_laid_over_stays_as_written() -> None:
    planned = alert("lamps > 0.10", "alerts: {On: {for: 1m}}")
    assert promql(planned.expr) == 'lamps{job="shop"} > 0.1'


def overlaid(environment: str) -> Plan:
    return plan_of(ALERT.format("lamps > 5"), environment=environment)


def test_targets_are_laid_over_by_job() -> None:
    assert overlaid("targets: {shop: ['a:1', 'b:2']}").jobs[0].targets == ("a:1", "b:2")


@pytest.mark.parametrize(
    ("environment", "interval"),
    [
        ("", "15s"),
        ("scrape_interval: 1m", "1m"),
        ("intervals: {shop: 5s}", "5s"),
        ("scrape_interval: 1m\nintervals: {shop: 5s}", "5s"),
    ],
)
def test_the_interval_of_a_job_wins_over_that_of_the_project(
    environment: str, interval: str
) -> None:
    assert overlaid(environment).jobs[0].interval == interval


def test_external_labels_are_merged_and_sorted_and_those_of_the_environment_win() -> None:
    project = PROJECT.replace("receivers=", 'external_labels={"b": "1", "c": "1"}, receivers=')
    settings = plan_of(environment="external_labels: {c: '2', a: '2'}", project=project).settings
    assert settings.external_labels == (("a", "2"), ("b", "1"), ("c", "2"))


def test_every_runbook_url_begins_with_the_base_of_the_environment() -> None:
    plan = overlaid("runbook_url: https://books.example.com/")
    assert [dict(planned.annotations)["runbook_url"] for planned in plan.alerts] == [
        "https://books.example.com/On.md"
    ]


def test_a_receiver_is_called_where_the_environment_says() -> None:
    (route,) = overlaid("receivers: {pager: {webhook_url_file: /run/secrets/pager}}").routes
    assert (route.receiver, route.severities, route.webhook_url_file) == (
        "pager",
        ("critical", "warning", "info"),
        "/run/secrets/pager",
    )


def test_every_key_of_the_schema_is_used() -> None:
    """What the schema accepts lands in the settings or in the environment itself."""
    schema = pyyaml.safe_load(
        (Path(read_environment.__code__.co_filename).parent / "environment.schema.json").read_text(
            "utf-8"
        )
    )
    settings = set(Settings.__dataclass_fields__) - {"environment"}
    assert set(schema["properties"]) - settings == {"alerts", "targets", "intervals", "receivers"}


def read(folder: Path, content: bytes, known: dict[str, list[str]] = KNOWN) -> Environment:
    """The overlay `e` with this content."""
    (folder / "environments").mkdir(exist_ok=True)
    (folder / "environments/e.yaml").write_bytes(content)
    return read_environment(folder, "e", known)


def mistake(folder: Path, content: bytes) -> str:
    with pytest.raises(DefinitionErrors) as raised:
        read(folder, content)
    return str(raised.value)
