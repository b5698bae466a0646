"""Options that several commands share."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated, Literal

import typer

from pbmon.errors import UsageError

Definitions = Annotated[Path, typer.Option("--definitions", help="Folder of the definitions.")]
Env = Annotated[str, typer.Option("--env", help="Overlay from definitions/environments/NAME.yaml.")]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Folder that the files are rendered into; `.` for the app's own repository. Without"
        " it build, and build-ENV for another environment than development.",
        show_default=False,
    ),
]
Promtool = Annotated[
    Path | None,
    typer.Option(
        "--promtool", help="promtool to check with; else PBMON_PROMTOOL, else the one on PATH."
    ),
]
FindingFormat = Literal["text", "json", "github"]
Format = Annotated[FindingFormat, typer.Option("--format", help="How findings are printed.")]

UseCache = Annotated[
    bool | None,
    typer.Option(
        "--cache/--no-cache",
        help="Take proofs that are known from .pbmon-cache/, or derive all of them, as in CI.",
        show_default=False,
    ),
]

FailOn = Literal["warning", "error"]
FailOnOption = Annotated[
    FailOn,
    typer.Option("--fail-on", help="The least level of findings that ends with exit code 1."),
]

Timeout = Annotated[
    str, typer.Option("--timeout", metavar="DURATION", help="For one answer of a server.")
]
CertificatesToTrust = Annotated[
    Path | None, typer.Option("--ca", metavar="FILE", help="Certificates to trust, PEM.")
]

DEFINITIONS = Path("definitions")
ENV = "development"
TIMEOUT = "30s"


def output_folder(out: Path | None, env: str) -> Path:
    """The folder named by --out, else one that belongs to the environment alone."""
    return out or Path("build" if env == ENV else f"build-{env}")


def build_command(definitions: Path, out: Path | None, env: str) -> str:
    """The build that puts right what another command with these options found."""
    words = ["pbmon", "build"]
    words += ["--definitions", str(definitions)] if definitions != DEFINITIONS else []
    words += ["--env", env] if env != ENV else []
    words += ["--out", str(out)] if out else []
    return shlex.join(words)


def seconds_of(text: str, option: str) -> float:
    """A duration that an option was given."""
    from pbmon import durations

    try:
        return durations.seconds(text)
    except ValueError:
        raise UsageError(
            f"{option} {text!r} is not a duration that Prometheus reads", "as 30s, 2m, 1h30m"
        ) from None


def cache_file(definitions: Path, use: bool | None) -> Path | None:
    """Where proofs are remembered; None to derive all of them, which is the default in CI."""
    from pbmon.cache import FOLDER

    if use is None:
        use = os.environ.get("CI", "") in {"", "0", "false"}
    return Path(os.path.abspath(definitions)).parent / FOLDER / "proofs.sqlite" if use else None  # noqa: PTH100 - keeps links
