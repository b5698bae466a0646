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
import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from pbmon.cli import main
from pbmon.output.scaffold import scaffold
from pbmon.render.artifacts import KINDS

SESSIONS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
GENERATOR = Path(main.__code__.co_filename).parent.parent.parent
COMMAND = [
    sys.executable,
    "-c",
    "import sys; sys.argv[0] = 'pbmon'; from pbmon.cli import main; main()",
]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(GENERATOR),
    "TERM": "xterm",
    "NO_COLOR": "",
    "PYTHONIOENCODING": "utf-8",
}
unix = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has neither pseudo-terminals nor these signals"
)


class Shell:
    """Runs commands in this process, in a folder of its own, without a terminal.

    environment: variables while `pbmon` runs; no program is on PATH. output: of the last command,
    both streams.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.patch = monkeypatch
        self.patch.chdir(folder)
        # whether the disk has it is not the question here
        self.patch.setattr(os, "fsync", lambda _: None)
        self.environment = {
            "PATH": "",
            "COLUMNS": "100",
            "PBMON_PROMTOOL": "",
            "PBMON_AMTOOL": "",
            "NO_COLOR": "",
        }
        self.output = ""

    def __call__(self, line: str) -> int:
        """Runs one line, keeps what it prints, and gives its exit code."""
        words = shlex.split(line)
        with self.patch.context() as patch:
            own = [words.pop(0).split("=", 1)] if "=" in words[0] else []
            for name, value in (*self.environment.items(), *own):
                patch.setenv(name, value)
            command, *arguments = words
            self.output, code = "", 0
            if command == "pbmon":
                code = self._pbmon(arguments, patch)
            else:
                getattr(self, command)(*arguments)
        return code

    def _pbmon(self, arguments: list[str], patch: pytest.MonkeyPatch) -> int:
        patch.setattr(sys, "argv", ["pbmon", *arguments])
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
        marked = "".join(f"! {line}".rstrip() + "\n" for line in err.getvalue().splitlines())
        self.output = (out.getvalue() + marked).replace(
            "\\", "/" if sys.platform == "win32" else "\\"
        )
        return int(ended.value.code or 0)

    def new(self) -> None:
        scaffold(Path("shop"))
        self.cd("shop")

    def cd(self, folder: str) -> None:
        self.patch.chdir(folder)

    def append(self, file: str, text: str) -> None:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        with Path(file).open("ab") as opened:
            opened.write(text.encode() + b"\n")

    def edit(self, file: str, old: str, new: str) -> None:
        text = Path(file).read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {file}"
        Path(file).write_text(text.replace(old, new), "utf-8", newline="\n")

    def rm(self, file: str) -> None:
        Path(file).unlink()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path, monkeypatch)


@pytest.fixture
def shop(shell: Shell) -> Shell:
    """A shell in a project as `pbmon init` makes it, built."""
    shell("new")
    assert shell("pbmon build") == 0, shell.output
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
    assert shell.output == "0 findings in 3 alerts, 3 recording rules, 5 panels, 21 files\n"


@pytest.mark.parametrize(
    ("kind", "folders"),
    [
        ("rules", {"monitoring/alerts"}),
        ("config", {"monitoring"}),
        ("dashboards", {"monitoring/grafana-dashboards"}),
        ("code", {"src/shop"}),
        ("docs", {"docs", "docs/runbooks", "docs/runbooks/charts"}),
    ],
)
def test_only_one_kind_of_file_is_written_and_the_others_stay(
    shop: Shell, kind: str, folders: set[str]
) -> None:
    before = files_of(Path("build"))
    shop("edit definitions/shop.py 'Requests answered.' 'Requests answered so far.'")
    shop("edit definitions/shop.py 'failed_ratio > 0.05' 'failed_ratio > 0.06'")
    shop("edit definitions/project.py 1h 2h")
    assert shop(f"pbmon build --only {kind}") == 0, shop.output
    after = files_of(Path("build"))
    assert after.keys() == before.keys()
    assert {
        path.rpartition("/")[0]
        for path in before
        if after[path] != before[path] and path != ".pbmon.json"
    } == folders
    assert shop(f"pbmon build --check --only {kind}") == 0, shop.output
    assert shop("pbmon build --check") == 1
    assert shop("pbmon build") == 0
    assert shop("pbmon build --check") == 0, shop.output


def test_every_kind_alone_makes_the_same_folder_as_all_at_once(shop: Shell) -> None:
    for kind in KINDS:
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
    assert {"check", "file", "line", "problem", "help"} == found[0].keys()
    (action,) = (row for row in found if row["check"] == "alert-has-action")
    assert (action["file"], action["line"]) == (
        "definitions/shop.py",
        59,
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


@unix
@pytest.mark.parametrize(
    "arguments", [["list"], ["build", "--check"], ["validate"], ["--help"]], ids=" ".join
)
def test_nothing_is_said_when_the_reader_of_a_pipe_has_gone(
    shop: Shell, promtool: Path, arguments: list[str]
) -> None:
    shop("edit definitions/shop.py 'Requests answered.' 'Answers.'")
    reader, writer = os.pipe()
    os.close(reader)
    environment = {**ENVIRONMENT, "PBMON_PROMTOOL": str(promtool)}
    ran = subprocess.run(
        [*COMMAND, *arguments],
        check=False,
        env=environment,
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
    )
    os.close(writer)
    assert ran.stderr == b""


@unix
def test_ctrl_c_ends_quietly_and_leaves_the_output_as_it_was(shop: Shell) -> None:
    before = files_of(Path("build"))
    Path("definitions/slow.py").write_text(
        "import time\nprint('reading', flush=True)\ntime.sleep(60)\n"
    )
    running = subprocess.Popen(
        [*COMMAND, "build"], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert running.stdout is not None and running.stdout.readline() == b"reading\n"
    running.send_signal(signal.SIGINT)
    assert running.communicate(timeout=60) == (b"", b"")
    assert running.returncode == 130
    assert files_of(Path("build")) == before


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
        "\x1b[1mdefinitions/shop.py:126: \x1b[0m" in told
    ) is coloured and "has no .rate" in told


def on_a_terminal(arguments: list[str], environment: dict[str, str]) -> str:
    """Everything that a terminal gets to see."""
    import pty  # not on Windows

    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [*COMMAND, *arguments], env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    said = b"".join(_until_closed(ours))
    os.close(ours)
    running.wait(timeout=60)
    return said.decode()


def _until_closed(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux's way to say that the other end is closed
            return
        if not part:
            return
        yield part
