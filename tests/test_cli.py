"""What the command line answers.

Each file in tests/transcripts/ is a session: a line that begins with `$ ` is typed, and what
follows is the answer, lines on standard error marked with `! `, an exit code other than 0 as `[1]`
at the end. Besides `pbmon`, with NAME=value in front where wanted, a session can say

    new                     makes the project of `pbmon init` and enters it
    cd FOLDER
    append FILE TEXT        adds a line to a file, which may be new
    edit FILE OLD NEW       replaces a text that is there once
    rm FILE

`pytest --rewrite` writes the answers anew; read the difference before committing it.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pbmon.artifact import TARGETS
from pbmon.catalog import environment
from pbmon.cli import options
from pbmon.cli.build import LINES
from shells import COMMAND, ENVIRONMENT, Shell, on_a_terminal, unix

SESSIONS = [
    pytest.param(
        path, marks=[pytest.mark.program] if "$ pbmon validate" in path.read_text("utf-8") else []
    )
    for path in sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as `pbmon init` makes it, built."""
    folder = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        shell = Shell(folder, patch)
        shell("new")
        assert shell("pbmon build") == 0, shell.output
    return folder / "shop"


@pytest.fixture
def shop(shell: Shell, built: Path) -> Shell:
    """A shell in a copy of it."""
    shutil.copytree(built, "shop")
    shell.cd("shop")
    return shell


@pytest.mark.parametrize("session", SESSIONS, ids=lambda path: path.stem)
def test_a_session_goes_as_written(
    session: Path, shell: Shell, request: pytest.FixtureRequest
) -> None:
    written = session.read_text("utf-8")
    if "$ pbmon validate" in written:
        shell.environment["PBMON_PROMTOOL"] = str(request.getfixturevalue("promtool"))
    heading, *commands = re.split(r"^\$ (.*)\n", written, flags=re.MULTILINE)
    went = heading + "\n".join(_answered(shell, line) for line in commands[::2])
    if request.config.getoption("--rewrite"):
        session.write_text(went, "utf-8", newline="\n")
    assert went == written
    assert "\x1b" not in went, "without a terminal there is neither colour nor progress"


def _answered(shell: Shell, line: str) -> str:
    code = shell(line)
    return f"$ {line}\n{shell.output}" + (f"[{code}]\n" if code else "")


@pytest.fixture
def git(shop: Shell) -> Shell:
    """The project in a repository, in a shell that has git and reads no settings of the user."""
    program = shutil.which("git")
    if program is None:
        pytest.skip("git is not on PATH")
    shop.environment |= {"PATH": str(Path(program).parent), "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run([program, "init", "--quiet", "."], check=True)
    return shop


def test_output_that_git_ignores_is_said_in_one_line(git: Shell) -> None:
    """`build/` stands in most templates of .gitignore for Python."""
    git("append .gitignore build/")
    line = len(Path(".gitignore").read_text().splitlines())
    assert git("pbmon build") == 0
    assert git.output.splitlines()[1:] == [
        f"note: git ignores all 26 files, by .gitignore:{line} (build/); what is not committed is"
        " not checked in CI"
    ]
    shutil.rmtree("build")
    Path("build").mkdir()
    assert git("pbmon build --check") == 1
    assert git.output == (
        f"build holds none of 26 files, and git ignores all 26 files, by .gitignore:{line}"
        " (build/); run `pbmon build` and commit the result\n"
    )


def test_output_that_git_takes_is_no_news(git: Shell) -> None:
    """Also where a rule that ignores it is taken back, or where the files are tracked already."""
    assert git("pbmon build") == 0 and "git" not in git.output
    git("append .gitignore build*")
    git("append .gitignore '!build'")
    assert git("pbmon build") == 0 and "git" not in git.output
    subprocess.run(["git", "add", "--all"], check=True)
    git("append .gitignore build/")
    assert git("pbmon build") == 0 and "git" not in git.output


def test_ignored_files_in_the_apps_folder_are_counted(git: Shell) -> None:
    git("append .gitignore docs/")
    assert git("pbmon build --out .") == 0
    assert "note: git ignores 7 of 26 files, by .gitignore:" in git.output


def test_a_check_shows_a_bounded_diff_and_says_how_much_more_there_is(shop: Shell) -> None:
    """A definition that every file depends on changes; --full shows all of it."""
    shop("edit definitions/project.py 'title=\"Shop\"' 'title=\"Store\"'")
    for path in Path("build/docs/runbooks").glob("*.md"):
        path.write_text("another text\n" * 500)
    assert shop("pbmon build --check") == 1
    bounded = shop.output.splitlines()
    assert len(bounded) < 21 * (LINES + 1)
    assert any(re.fullmatch(r"\.\.\. \d+ lines more; --full shows all", line) for line in bounded)
    assert shop("pbmon build --check --full") == 1
    full = shop.output.splitlines()
    assert len(full) > len(bounded) and "--full shows all" not in shop.output
    assert full[-1] == bounded[-1]
    shop.patch.setattr("pbmon.cli.build.FILES", 2)
    assert shop("pbmon build --check") == 1
    assert re.search(r"^\.\.\. and \d+ files more; --full shows all$", shop.output, re.MULTILINE)


FOLDERS = {
    "rules": {"monitoring/alerts"},
    "config": {"monitoring"},
    "dashboards": {"monitoring/grafana-dashboards"},
    "code": {"src/shop"},
    "docs": {"docs", "docs/runbooks", "docs/runbooks/charts"},
}
"""Where the files of each kind are that an edit of all of them changes."""


def test_only_one_kind_of_file_is_written_and_the_others_stay(shop: Shell) -> None:
    before = files_of(Path("build"))
    shop("edit definitions/shop.py 'Requests answered.' 'Requests answered so far.'")
    shop("edit definitions/shop.py 'failed_ratio > 0.05' 'failed_ratio > 0.06'")
    shop("edit definitions/project.py 1h 2h")
    for kind, folders in FOLDERS.items():
        assert shop("pbmon build --check") == 1
        assert shop(f"pbmon build --only {kind}") == 0, shop.output
        after = files_of(Path("build"))
        assert after.keys() == before.keys()
        changed = {path for path in before if after[path] != before[path]} - {".pbmon.json"}
        assert {path.rpartition("/")[0] for path in changed} == folders
        assert shop(f"pbmon build --check --only {kind}") == 0, shop.output
        before = after


def test_a_build_of_everything_completes_that_of_one_kind(shop: Shell) -> None:
    shop("edit definitions/shop.py 'Requests answered.' 'Requests answered so far.'")
    assert shop("pbmon build --only docs") == 0
    assert shop("pbmon build --check") == 1
    assert shop("pbmon build") == 0
    assert shop("pbmon build --check") == 0, shop.output


def test_the_environment_of_the_options_is_the_one_that_definitions_have_without_an_overlay() -> (
    None
):
    assert options.ENV == environment.DEFAULT


def test_every_kind_alone_makes_the_same_folder_as_all_at_once(shop: Shell) -> None:
    for kind in TARGETS:
        assert shop(f"pbmon build --only {kind} --out parts") == 0, shop.output
    assert files_of(Path("parts")) == files_of(Path("build"))


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_json_findings_are_json_even_without_one(shop: Shell, promtool: Path) -> None:
    shop.environment["PBMON_PROMTOOL"] = str(promtool)
    assert shop("pbmon validate --format json") == 0
    assert json.loads(shop.output) == []
    shop("edit definitions/shop.py 'Customers cannot buy.' 'Größer…'")
    assert shop("pbmon validate --format json") == 1
    found = json.loads(shop.output)
    assert {"check", "level", "file", "line", "problem", "help"} == found[0].keys()
    (action,) = (row for row in found if row["check"] == "alert-has-action")
    assert (action["file"], action["line"]) == (
        "definitions/shop.py",
        78,
    ) and "'Größer…'" in action["problem"]


def test_the_version_is_that_of_the_installed_package(shell: Shell) -> None:
    shell.patch.setattr(importlib.metadata, "version", lambda name: {"pbmon": "1.2.3"}[name])
    assert shell("pbmon --version") == 0
    assert shell.output == "pbmon 1.2.3\n"


def test_the_version_of_a_package_that_is_not_installed_is_no_traceback(shell: Shell) -> None:
    def version(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    shell.patch.setattr(importlib.metadata, "version", version)
    assert shell("pbmon --version") == 0
    assert shell.output == "pbmon, run from its source without being installed\n"


def test_help_loads_no_slow_library() -> None:
    slow = {
        "grafanalib",
        "jsonschema",
        "jinja2",
        "prometheus_client",
        "promql_parser",
        "yaml",
        "rich",
    }
    code = (
        f"import atexit, sys\natexit.register(lambda: print(sorted({slow} &"
        f" sys.modules.keys())))\n{COMMAND[-1]}"
    )
    command = [sys.executable, "-c", code, "--help"]
    ran = subprocess.run(
        command, check=True, env=ENVIRONMENT, capture_output=True, text=True, timeout=60
    )
    assert ran.stdout.splitlines()[-1] == "[]"


def test_text_beyond_the_encoding_of_the_output_is_escaped(shop: Shell) -> None:
    shop("edit definitions/shop.py shop-team 'Größe 😀'")
    environment = {**ENVIRONMENT, "PYTHONIOENCODING": "ascii"}
    ran = subprocess.run(
        [*COMMAND, "list", "services"],
        check=False,
        env=environment,
        capture_output=True,
        timeout=60,
    )
    assert (ran.returncode, ran.stderr) == (0, b"") and b"Gr\\xf6\\xdfe \\U0001f600" in ran.stdout


@pytest.mark.slow  # starts processes
@unix
@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_a_terminal_shows_progress_and_unless_told_otherwise_colours(
    shop: Shell, no_color: str, coloured: bool
) -> None:
    shop("edit definitions/shop.py 'Requests answered.' 'Answers.'")
    said = on_a_terminal(["build", "--check"], {**ENVIRONMENT, "NO_COLOR": no_color})
    assert "reading definitions …" in said and "rendering …" in said
    assert ("\x1b[31m-" in said and "\x1b[32m+" in said) is coloured
    assert bool(re.search(r"\x1b\[[0-9;]*m", said)) is coloured
    shop("append definitions/shop.py wrong=carts.rate")
    told = on_a_terminal(["build"], {**ENVIRONMENT, "NO_COLOR": no_color})
    assert (
        "\x1b[1mdefinitions/shop.py:151: \x1b[0m" in told
    ) is coloured and "has no .rate" in told
