"""How a run ends: exit codes that mean one thing, and silence where nobody reads."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pbmon.catalog.catalog import load
from pbmon.cli import ending, main
from pbmon.output.scaffold import scaffold
from pbmon.output.write import write
from pbmon.plan.plan import resolve
from pbmon.render.artifacts import render

GENERATOR = Path(main.__code__.co_filename).parent.parent.parent
MAIN = "import sys; sys.argv[0] = 'pbmon'; from pbmon.cli import main; main()"
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(GENERATOR),
    "PYTHONIOENCODING": "utf-8",
    "PBMON_PROMTOOL": "",
    "MAIN": MAIN,
}
pytestmark = [
    pytest.mark.slow,  # starts a process for each ending
    pytest.mark.skipif(
        sys.platform == "win32", reason="Windows has neither these signals nor these devices"
    ),
]
full_device = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="this system has no full device"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project, built, with a definition that changed since."""
    folder = tmp_path_factory.mktemp("project")
    scaffold(folder, "shop")
    write(render(resolve(load(folder / "definitions"))), folder / "build")
    definition = folder / "definitions/shop.py"
    definition.write_text(definition.read_text().replace("> 0.05", "> 0.06"))
    return folder


@pytest.fixture
def shop(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, in which the user is."""
    shutil.copytree(project, tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    return tmp_path / "shop"


def run(
    *arguments: str,
    code: str = MAIN,
    stdout: int = subprocess.PIPE,
    stderr: int = subprocess.PIPE,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        check=False,
        env=ENVIRONMENT,
        stdout=stdout,
        stderr=stderr,
        text=True,
        timeout=60,
    )


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """A line of a shell in which `pbmon` is the command."""
    command = line.replace("pbmon", f'"{sys.executable}" -c "$MAIN"', 1)
    return subprocess.run(
        ["/bin/sh", "-c", command],
        check=False,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def nobody() -> int:
    """A pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


@pytest.mark.parametrize("arguments", [["list"], ["build", "--check"], ["--help"]], ids=" ".join)
def test_a_reader_that_has_gone_ends_the_run_as_a_shell_says_it(
    shop: Path, nobody: int, arguments: list[str]
) -> None:
    """As `| head` does; neither 0 nor the 1 of findings, for what was found is not known."""
    ran = run(*arguments, stdout=nobody)
    assert (ran.returncode, ran.stderr) == (ending.UNREAD, "")


def test_a_pipe_into_head_shows_what_head_shows(shop: Path) -> None:
    ran = shell("pbmon build --check --full | head -n 1")
    assert (ran.stdout, ran.stderr) == ("--- a/docs/runbooks/HighErrorRate.md\n", "")


@full_device
@pytest.mark.parametrize("arguments", [["list"], ["build", "--check"], ["--help"]], ids=" ".join)
def test_an_output_that_cannot_be_written_is_said_once(shop: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        ran = run(*arguments, stdout=full.fileno())
    assert ran.stderr == "what is printed cannot be written: No space left on device\n"
    assert ran.returncode == ending.UNWRITTEN


ENDINGS = [("build --check", 1), ("build", 0), ("paint", 2), ("build --env x", 2)]


@full_device
@pytest.mark.parametrize(("arguments", "code"), ENDINGS)
def test_messages_that_nobody_can_read_change_no_exit_code(
    shop: Path, nobody: int, arguments: str, code: int
) -> None:
    with Path("/dev/full").open("w") as full:
        assert run(*arguments.split(), stderr=full.fileno()).returncode == code
    assert run(*arguments.split(), stderr=nobody).returncode == code


@pytest.mark.parametrize(
    ("arguments", "code", "closed"),
    [(*ended, ">&- 2>&- <&-") for ended in ENDINGS]
    + [("build", 0, one) for one in ("2>&-", ">&-", "<&-")],
)
def test_closed_streams_change_no_exit_code_and_get_no_file_of_the_run(
    shop: Path, arguments: str, code: int, closed: str
) -> None:
    """A file that the run opens could take the number of a closed stream, and get its output."""
    ran = shell(f"pbmon {arguments} {closed}")
    assert ran.returncode == code
    assert "Traceback" not in ran.stderr + ran.stdout
    if arguments == "build":
        assert run("build", "--check").returncode == 0


def test_ctrl_c_ends_quietly_and_leaves_the_output_as_it_was(shop: Path) -> None:
    before = {path: path.read_bytes() for path in Path("build").rglob("*") if path.is_file()}
    Path("definitions/slow.py").write_text(
        "import time\nprint('reading', flush=True)\ntime.sleep(60)\n"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", MAIN, "build"],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stderr is not None and running.stderr.readline() == b"reading\n"
    running.send_signal(signal.SIGINT)
    assert running.communicate(timeout=60) == (b"", b"")
    assert running.returncode == ending.INTERRUPTED
    after = {path: path.read_bytes() for path in Path("build").rglob("*") if path.is_file()}
    assert after == before


@pytest.mark.parametrize("module", ["pbmon.cli.ending", "typer", "pbmon.cli.app", "yaml", "jinja2"])
def test_ctrl_c_during_an_import_ends_quietly(shop: Path, module: str) -> None:
    code = f"""
import sys, os, signal
class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupted())
{MAIN}
"""
    ran = run("build", code=code)
    assert (ran.returncode, ran.stdout, ran.stderr) == (ending.INTERRUPTED, "", "")


def test_a_fault_of_pbmon_says_what_to_report_and_is_no_finding(shop: Path) -> None:
    """Where it happened and with what, without passwords and folders of the machine."""
    code = f"""
from pbmon.plan import plan
def resolve(_):
    raise KeyError('piechart of https://me:secret@grafana')
plan.resolve = resolve
{MAIN}
"""
    ran = run("verify", "--prometheus", "http://me:secret@prometheus:9090", code=code)
    assert (ran.returncode, ran.stdout) == (ending.DEFECT, "")
    first, second, *lines = ran.stderr.splitlines()
    assert first == (
        "pbmon stopped because of a bug in pbmon itself: KeyError: 'piechart of https://grafana'"
    )
    assert second == f"  help: please report it at {ending.ISSUES}, with these lines:"
    assert lines[0].startswith("    pbmon ") and f"Python {sys.version.split()[0]}" in lines[0]
    assert lines[1] == "    pbmon verify --prometheus http://prometheus:9090"
    assert any(line.startswith("    pbmon/cli/verify.py:") for line in lines)
    assert "secret" not in ran.stderr and str(GENERATOR) not in ran.stderr
    assert "Traceback" not in ran.stderr
