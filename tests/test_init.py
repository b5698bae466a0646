"""`pbmon init` makes a project that builds, wherever it is made and whatever it is called."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pbmon.errors import UsageError
from pbmon.output.scaffold import Names, names_after, scaffold
from shells import ENVIRONMENT, GENERATOR, Shell, on_a_terminal, unix


@pytest.mark.parametrize("env", ["development", "production"])
def test_a_new_project_builds_and_validates_without_findings(
    shell: Shell, promtools: Path, amtool: Path, env: str
) -> None:
    shell.environment["PBMON_AMTOOL"] = str(amtool)
    shell("new")
    assert shell(f"pbmon build --env {env}") == 0
    assert shell(f"pbmon validate --env {env} --promtool {shlex.quote(str(promtools))}") == 0, (
        shell.output
    )
    assert shell.output == "0 findings in 3 alerts, 3 recording rules, 5 panels, 26 files\n"


@pytest.mark.parametrize(
    ("folder", "name", "package", "title"),
    [
        ("my-shop", "my-shop", "my_shop", "My Shop"),
        ("Web_Shop 2", "web-shop-2", "web_shop_2", "Web Shop 2"),
        ("2nd", "app-2nd", "app_2nd", "App 2nd"),
        ("Café", "cafe", "cafe", "Cafe"),
        ("商店", "app", "app", "App"),
        ("class", "class", "class_app", "Class"),
        ("json", "json", "json_app", "Json"),
        ("con", "con-app", "con_app", "Con App"),
        ("project", "project", "project_app", "Project"),
        ("x" * 60, "x" * 60, "x" * 60, "X" + "x" * 59),
    ],
)
def test_a_project_is_named_after_its_folder(
    folder: str, name: str, package: str, title: str
) -> None:
    """In names that Prometheus, Python and Grafana take, and that hide no other package."""
    assert names_after(folder) == Names(name, package, title)


@pytest.mark.parametrize("folder", ["my-shop", "2nd 'class'", "project", "x" * 28, "total"])
def test_a_new_project_of_any_name_is_checked_and_proven_and_its_files_are_well_formed(
    shell: Shell, promtool: Path, mypy_cache: Path, folder: str
) -> None:
    """As pbmon, ruff with its own defaults and mypy --strict see it."""
    shell.environment["PBMON_PROMTOOL"] = str(promtool)
    quoted = shlex.quote(folder)
    assert shell(f"pbmon init {quoted} --grafana-url https://grafana.example.com") == 0
    shell.cd(folder)
    assert 'grafana_url="https://grafana.example.com"' in Path("definitions/project.py").read_text()
    for command in ("build --out .", "build --check --out .", "validate --out .", "prove"):
        assert shell(f"pbmon {command}") == 0, shell.output
    for arguments in (["ruff", "check", "-n"], ["ruff", "format", "-n", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", *arguments, "."], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    checked = [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={mypy_cache}", "definitions"]
    done = subprocess.run(checked, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_init_writes_over_no_home_and_no_disk(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path("home").resolve()
    (home / "a").mkdir(parents=True)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for folder in (home, home.parent, Path(home.anchor)):
        with pytest.raises(UsageError, match="so generated files have no place there"):
            scaffold(folder)
    scaffold(home / "a")
    assert (home / "a" / "definitions" / "project.py").is_file()


def test_what_init_says_comes_next_can_be_typed(shell: Shell) -> None:
    assert shell("pbmon init 'My Shop'") == 0
    assert "  cd 'My Shop'\n" in shell.output


def test_the_build_that_is_asked_for_is_the_one_that_was_checked(shell: Shell) -> None:
    assert shell("pbmon init ops") == 0
    Path("ops/definitions").rename("ops/mon")
    assert shell("pbmon build --check --definitions ops/mon --out 'a b'") == 1
    assert "run `pbmon build --definitions ops/mon --out 'a b'` and commit" in shell.output


def test_init_in_a_repository_keeps_the_files_that_are_there(shell: Shell) -> None:
    Path("shop").mkdir()
    shell.cd("shop")
    shell("append .gitignore mine")
    assert shell("pbmon init .") == 0
    assert "kept .gitignore, which was there\n" in shell.output and "  cd" not in shell.output
    assert Path(".gitignore").read_text() == "mine\n"
    assert shell("pbmon build --out .") == 0, shell.output
    assert shell("pbmon build --out . --check") == 0, shell.output


def test_the_workflow_of_a_new_project_calls_commands_and_options_that_exist(shell: Shell) -> None:
    shell("new")
    workflows = sorted(Path(".github/workflows").iterdir())
    steps = [
        step
        for workflow in workflows
        for job in yaml.safe_load(workflow.read_text())["jobs"].values()
        for step in job["steps"]
    ]
    scripts = [line.strip() for step in steps for line in step.get("run", "").splitlines()]
    lines = [line.split() for line in scripts if line.startswith("pbmon ")]
    written = ["--html", "preview/preview.html"]
    assert lines == [
        ["pbmon", "preview", "--against", "HEAD^1", *written, "--png", "preview"],
        ["pbmon", "preview", *written],
        ["pbmon", "build", "--check"],
        ["pbmon", "validate", "--format", "github"],
        ["pbmon", "prove", "--format", "github"],
    ]
    for _, command, *given in lines:
        shell(f"pbmon {command} --help")
        assert all(word in shell.output for word in given if word.startswith("--"))
    pinned = [step["uses"].partition("@")[2] for step in steps if "uses" in step]
    assert all(re.fullmatch("[0-9a-f]{40}", commit) for commit in pinned)
    hooks = yaml.safe_load((GENERATOR.parent / ".pre-commit-hooks.yaml").read_text())
    (repository,) = yaml.safe_load(Path(".pre-commit-config.yaml").read_text())["repos"]
    assert repository["hooks"] == [{"id": hook["id"]} for hook in hooks]


@unix
def test_init_asks_for_grafana_on_a_terminal_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = on_a_terminal(["init", "shop"], ENVIRONMENT, "https://grafana.example.com\n")
    assert "Address of Grafana" in said
    assert 'grafana_url="https://grafana.example.com"' in Path(
        "shop/definitions/project.py"
    ).read_text("utf-8")
    said = on_a_terminal(["init", "other", "--grafana-url", "http://g:3000"], ENVIRONMENT)
    assert "Address of Grafana" not in said
