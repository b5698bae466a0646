"""The stack's PostgreSQL server. It refuses to run as root, so root runs it as an unprivileged
user.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from pbmon.errors import UsageError
from pbmon.stack.app_file import AppFile
from pbmon.stack.ports import HOST, port_of
from pbmon.stack.processes import as_user
from pbmon.stack.state import Part, Stack

NAME = "postgres"
_ADMIN = "postgres"
"""The superuser, and the database that every server has."""
_TIMEOUT = 60  # seconds for initdb and for each file of SQL


def part(stack: Stack, programs: Mapping[str, Path], address: str, app: AppFile) -> Part:
    """The server. Without fsync: its data lives no longer than the stack."""
    settings = {
        "listen_addresses": HOST,
        "port": port_of(address),
        "unix_socket_directories": "",
        "max_connections": str(app.max_connections),
        "shared_preload_libraries": "pg_stat_statements",
        "fsync": "off",
    }
    command = [
        str(programs["postgres"]),
        "-D",
        str(_data(stack)),
        *(f"--{name}={value}" for name, value in settings.items()),
    ]
    return Part(NAME, 0, command, str(stack.folder / NAME), address, user=_user())


def initialise(stack: Stack, programs: Mapping[str, Path]) -> None:
    """Makes the folder of data. Raises UsageError where initdb fails."""
    folder, user = stack.folder / NAME, _user()
    folder.mkdir(mode=0o700)
    password = folder / "password"  # in this folder, because the user can read no other
    password.touch(0o600)
    password.write_text(_password(stack), "utf-8")
    if user:
        shutil.chown(folder, user)
        shutil.chown(password, user)
    options = [
        "-U",
        _ADMIN,
        "-A",
        "scram-sha-256",
        f"--pwfile={password}",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    _run(
        [str(programs["initdb"]), "-D", str(_data(stack)), *options],
        cwd=folder,
        user=user,
        environment={},
    )
    password.unlink()


def populate(stack: Stack, programs: Mapping[str, Path], app: AppFile, address: str) -> None:
    """Runs the app's `init`, which makes its roles and its database. Raises UsageError where SQL
    fails.
    """
    psql = [
        str(programs["psql"]),
        "-X",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        HOST,
        "-p",
        port_of(address),
        "-U",
        _ADMIN,
    ]
    environment = {
        "PGPASSWORD": _password(stack),
        "PGCONNECT_TIMEOUT": "5",
        "APP_PASSWORD_FILE": str(stack.secrets / "app"),
        "MONITOR_PASSWORD_FILE": str(stack.secrets / "monitor"),
    }
    _wait(psql, environment, stack)
    if app.init:
        _run(
            [*psql, "-d", _ADMIN, "-f", str(stack.app / app.init)], stack.folder, None, environment
        )


def _wait(psql: list[str], environment: Mapping[str, str], stack: Stack) -> None:
    """A server that listens may still refuse for a moment: `the database system is starting up`."""
    end = time.monotonic() + 15
    while True:
        try:
            return _run(
                [*psql, "-d", _ADMIN, "-c", "SELECT 1", "-o", os.devnull],
                stack.folder,
                None,
                environment,
            )
        except UsageError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def _run(command: list[str], cwd: Path, user: str | None, environment: Mapping[str, str]) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    try:
        result = subprocess.run(
            command,
            cwd=cwd,
            env={**inherited, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
            **as_user(user),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(
            f"{Path(command[0]).name} cannot be run: {error}",
            "see whether its installation is complete",
        ) from None
    if result.returncode:
        output = " ".join((result.stderr or result.stdout).split())[-600:]
        raise UsageError(
            f"{Path(command[0]).name} fails: {output}",
            "`pbmon stack down`, then look at what it says",
        )


def _data(stack: Stack) -> Path:
    return stack.folder / NAME / "data"


def _password(stack: Stack) -> str:
    return (stack.secrets / "admin").read_text("utf-8")


def _user() -> str | None:
    """The user that runs the server; None for the one who runs pbmon. Raises UsageError where that
    is root and no other user is known.
    """
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise UsageError(
        "PostgreSQL does not run as root, and there is neither user postgres nor nobody",
        "run pbmon as another user",
    )
