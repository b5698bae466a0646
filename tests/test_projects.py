"""Whatever a project's texts hold, what is rendered from it loads, and gives every text back.

Many whole projects are made up; each program that checks files sees all of them in one call.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml
from boards import check_dashboard
from drawn import by_profile
from made_projects import made_projects, write
from markdown_it import MarkdownIt
from pbmon.artifact import TARGETS, Artifact
from pbmon.checks.programs.exposition import exposition
from pbmon.expr.text import promql
from pbmon.model.dashboards import Dashboard
from pbmon.panels.kinds import KINDS as PANEL_KINDS
from pbmon.panels.kinds import kind_of
from pbmon.panels.text import Text
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert
from pbmon.render.artifacts import render
from pbmon.render.filters import plain_template
from prometheus_client.parser import text_string_to_metric_families

pytestmark = pytest.mark.slow  # renders more than a hundred projects

PROJECTS = 150
RULES = ("monitoring/alerts/", "monitoring/recording/")
MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Rendered:
    """A project as drawn, with all that comes of it. files: of the definitions. texts: of the
    artifacts, by path.
    """

    files: dict[str, str]
    plan: Plan
    artifacts: list[Artifact]
    texts: dict[str, str]


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> list[Rendered]:
    """Many projects with what is rendered for them."""
    made = []
    for files, plan in made_projects(
        tmp_path_factory.getbasetemp() / "projects", PROJECTS * 6 // 5
    ):
        # Proofs take most of the time and have tests of their own (test_projects_proofs.py).
        artifacts = [
            artifact for kind in TARGETS if kind != "proofs" for artifact in render(plan, kind)
        ]
        made.append(
            Rendered(
                files, plan, artifacts, {artifact.path: artifact.text for artifact in artifacts}
            )
        )
    return made


@pytest.fixture(scope="session")
def trees(rendered: list[Rendered], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What every project renders to, on disk: a folder a project."""
    folder = tmp_path_factory.mktemp("trees")
    for number, project in enumerate(rendered):
        write(folder / str(number), project.texts)
    return [folder / str(number) for number in range(len(rendered))]


def test_many_different_projects_show_every_kind_of_metric_panel_and_file(
    rendered: list[Rendered],
) -> None:
    assert len(rendered) >= by_profile(PROJECTS)
    assert {metric.kind for p in rendered for metric in p.plan.catalog.metrics} == {
        "counter",
        "gauge",
        "histogram",
        "summary",
    }
    kinds = {kind_of(panel).type for p in rendered for _, panel in panels(p.plan)}
    assert kinds == {kind.type for kind in PANEL_KINDS}
    assert {path.partition("/")[0] for p in rendered for path in p.texts} == {
        "docker",
        "docs",
        "monitoring",
        "src",
    }


def test_prometheus_reads_every_rule_file(trees: list[Path], promtools: Path) -> None:
    files = [path for tree in trees for path in sorted(tree.glob("monitoring/[ar]*/*.yml"))]
    said = checked([promtools, "check", "rules", "--lint=all", "--lint-fatal", *files])
    assert said.count("SUCCESS: ") == len(files) > by_profile(PROJECTS)


def test_prometheus_reads_every_configuration(trees: list[Path], promtools: Path) -> None:
    said = checked(
        [promtools, "check", "config", *(tree / "monitoring/prometheus.yml" for tree in trees)]
    )
    assert said.count("prometheus.yml is valid prometheus config file syntax") == len(trees)


def test_alertmanager_reads_every_configuration(trees: list[Path], amtool: Path) -> None:
    said = checked(
        [amtool, "check-config", *(tree / "monitoring/alertmanager.yml" for tree in trees)]
    )
    assert said.count("SUCCESS") == len(trees) and "FAILED" not in said


def checked(command: list[Any]) -> str:
    """What a program says that finds nothing wrong."""
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[-3000:]
    return ran.stdout + ran.stderr


def test_no_dashboard_has_a_finding(rendered: list[Rendered]) -> None:
    checks = (
        check_dashboard(artifact)
        for p in rendered
        for artifact in p.artifacts
        if artifact.path.endswith(".json")
    )
    assert [str(finding) for found in checks for finding in found] == []


def test_every_metrics_module_is_python(rendered: list[Rendered]) -> None:
    modules = [
        (path, text) for p in rendered for path, text in p.texts.items() if path.endswith(".py")
    ]
    assert len(modules) > by_profile(PROJECTS)
    for path, text in modules:
        compile(text, path, "exec")


def test_a_metrics_module_exposes_each_metric_with_its_help(rendered: list[Rendered]) -> None:
    for project in islice((p for p in rendered if p.plan.modules), 60):
        exposed = exposition(project.artifacts, [module.path for module in project.plan.modules])
        helps = {
            family.name: spaced(family.documentation)
            for family in text_string_to_metric_families(exposed)
        }
        own = [metric for module in project.plan.modules for metric in module.metrics]
        assert helps == {metric.name.removesuffix("_total"): spaced(metric.help) for metric in own}


def test_rules_give_back_every_expression_label_and_text(rendered: list[Rendered]) -> None:
    for project in rendered:
        for group in (*project.plan.recording, *project.plan.alerting):
            (read,) = yaml.safe_load(project.texts[group.file])["groups"]
            assert (read["name"], read.get("interval", "")) == (group.name, group.interval)
            for found, rule in zip(read["rules"], group.rules, strict=True):
                assert "".join(found.pop("expr").split()) == "".join(promql(rule.expr).split())
                assert found == (
                    as_alert(rule) if isinstance(rule, PlannedAlert) else {"record": rule.name}
                )


def as_alert(alert: PlannedAlert) -> dict[str, Any]:
    definition = alert.definition
    written = {
        "summary": definition.summary,
        "impact": definition.impact,
        "action": definition.action,
    }
    links = {name: text for name, text in alert.annotations if name.endswith("_url")}
    texts = written | {"description": definition.description or definition.summary} | links
    facts = {
        "alert": alert.name,
        "for": alert.for_,
        "labels": dict(alert.labels),
        "annotations": texts,
    }
    return facts | ({"keep_firing_for": alert.keep_firing_for} if alert.keep_firing_for else {})


def test_configuration_gives_back_every_job_target_label_and_receiver(
    rendered: list[Rendered],
) -> None:
    for project in rendered:
        plan, read = project.plan, yaml.safe_load(project.texts["monitoring/prometheus.yml"])
        assert read["global"].get("external_labels", {}) == dict(plan.settings.external_labels)
        jobs = {
            job["job_name"]: (job["static_configs"][0], job["metrics_path"])
            for job in read["scrape_configs"]
        }
        for job in plan.jobs:
            static, path = jobs.pop(job.name)
            assert (path, tuple(static["targets"] or ()), static.get("labels", {})) == (
                job.path,
                job.targets,
                dict(job.labels),
            )
        assert jobs == {}
        notified = yaml.safe_load(project.texts["monitoring/alertmanager.yml"])
        names = [route.receiver for route in plan.routes]
        assert [route["receiver"] for route in notified["route"].get("routes", ())] == names
        assert [receiver["name"] for receiver in notified["receivers"]] == ["default", *names]
        provided = yaml.safe_load(
            project.texts["docker/grafana/provisioning/dashboards/dashboards.yml"]
        )
        assert provided["providers"][0]["folder"] == plan.catalog.project.title


def test_dashboards_give_back_every_title_description_legend_and_content(
    rendered: list[Rendered],
) -> None:
    for project in rendered:
        for dashboard, planned in zip(
            project.plan.catalog.dashboards, project.plan.dashboards, strict=True
        ):
            read = json.loads(project.texts[planned.file])
            assert read["title"] == dashboard.title
            assert read["description"].split("\n\n", 1)[1] == dashboard.description
            rows = [panel for panel in read["panels"] if panel["type"] == "row"]
            assert [row["title"] for row in rows] == [row.title for row in dashboard.rows]
            shown = [
                panel
                for found in read["panels"]
                for panel in (found, *found.get("panels", ()))
                if panel["type"] != "row"
            ]
            for found, panel in zip(shown, dashboard.panels, strict=True):
                assert (found["title"], found["description"]) == (panel.title, panel.description)
                legends = [kind_of(panel).legend(panel, query) for query in panel.queries]
                assert [target["legendFormat"] for target in found.get("targets", ())] == legends
                assert found["options"].get("content", "") == (
                    panel.content if isinstance(panel, Text) else ""
                )


def test_markdown_shows_every_text_as_it_is_written(rendered: list[Rendered]) -> None:
    for project in rendered:
        shown = set(read_as_markdown(project.texts["docs/monitoring.md"]))
        catalog = project.plan.catalog
        for told in (
            *(service.help for service in catalog.services),
            f"Monitoring of {catalog.project.title}",
        ):
            assert spaced(told) in shown
        cells = "\n".join(shown)
        for metric in catalog.metrics:
            if catalog.owner(metric):
                assert spaced(metric.help) in cells
        for alert in project.plan.alerts:
            runbook = set(read_as_markdown(project.texts[f"docs/runbooks/{alert.name}.md"]))
            definition = alert.definition
            for told in (
                definition.summary,
                definition.impact,
                definition.action,
                definition.description or definition.summary,
            ):
                assert spaced(plain_template(told)) in runbook


def read_as_markdown(text: str) -> Iterator[str]:
    """What a reader sees of every paragraph, heading and table cell."""
    for token in MARKDOWN.parse(text):
        if token.type == "inline":
            parts = (
                "\n" if part.type == "softbreak" else part.content for part in token.children or ()
            )
            yield "".join(parts)


def spaced(text: str) -> str:
    """The text on one line, without NUL, which Markdown has no way to show
    (https://spec.commonmark.org/0.31.2/#insecure-characters).
    """
    return " ".join(text.replace("\0", "\ufffd").split())


def panels(plan: Plan) -> Iterator[tuple[Dashboard, Any]]:
    return (
        (dashboard, panel) for dashboard in plan.catalog.dashboards for panel in dashboard.panels
    )
