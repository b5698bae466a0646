"""`pbmon preview` as it is called."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pbmon.cli import main
from small_projects import PROJECT, SHOP

BODY = """
many = Alert("ManyLamps", lamps > 90, for_="5m", **SAID)
board = Dashboard("Lamps", uid="lamps", file="lamps", rows=[Row(
    "Now", Panel("On", Query(lamps.sum(by=[room]), "{{room}}"), alerts=[many], unit="short",
        description="Lamps on."))])
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in a repository, in which the alert's limit was changed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "definitions").mkdir()
    Path("definitions/project.py").write_text(PROJECT, "utf-8")
    Path("definitions/shop.py").write_text(SHOP + BODY, "utf-8")
    author = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (
        ["init", "--quiet"],
        ["add", "--all"],
        [*author, "commit", "--quiet", "--message", "first"],
    ):
        subprocess.run(["git", *command], check=True)
    Path("definitions/shop.py").write_text(SHOP + BODY.replace("> 90", "> 60"), "utf-8")
    return tmp_path


def call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit code of `pbmon preview` with these arguments."""
    monkeypatch.setattr("sys.argv", ["pbmon", "preview", "--no-cache", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_what_is_another_than_in_a_revision_is_written_and_pictured(
    project: Path, chromium: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["--against", "HEAD", "--html", "out/preview.html", "--png", "out"]
    assert call(monkeypatch, *arguments) == 0
    names = sorted(path.name for path in (project / "out").iterdir())
    assert names == ["changes-lamps-ManyLamps-dark.png", "changes.md", "preview.html"]
    picture = (project / "out" / names[0]).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 10_000  # two graphs are in it
    assert "90.0 → 60.0" in (project / "out/changes.md").read_text("utf-8")
    text = (project / "out/preview.html").read_text("utf-8")
    for block in ("scenario ManyLamps", "before scenario ManyLamps", "before scenario "):
        assert f'id="data:{block}"' in text


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--html", "a.html", "--watch"], "write what is made up now"),
        (["--png", "out", "--prometheus", "http://localhost:1"], "write what is made up now"),
        (["--prometheus", "http://localhost:1", "--alert", "ManyLamps"], "nothing can be made to"),
        (["--html", "a.html", "--alert", "Nobody"], "no series are known that fire Nobody"),
        (["--html", "a.html", "--against", "nowhere"], "neither a folder nor a revision"),
        (["--prometheus", "localhost:9090"], "is no address of Prometheus"),
        (["--prometheus", "http://127.0.0.1:1"], "Prometheus at http://127.0.0.1:1"),
    ],
)
def test_a_call_that_makes_no_sense_says_why(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    chromium: Path,
    arguments: list[str],
    why: str,
) -> None:
    assert call(monkeypatch, *arguments) == 2
    assert why in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pictures on Windows")
@pytest.mark.parametrize("program", ["true", "cat"])
def test_a_program_that_is_no_chromium_is_told(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    program: str,
) -> None:
    monkeypatch.setenv("PBMON_CHROMIUM", program)
    assert call(monkeypatch, "--png", "out") == 2
    assert "Chromium takes no picture: it has ended" in capsys.readouterr().err


def test_a_revision_that_this_pbmon_cannot_read_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = project / "old/definitions"
    old.mkdir(parents=True)
    (old / "shop.py").write_text("from pbmon import Nothing\n", "utf-8")
    assert call(monkeypatch, "--against", "old/definitions", "--html", "a.html") == 2
    assert "cannot read the definitions of old/definitions" in capsys.readouterr().err
