"""What `pbmon stack` is made of, each piece by itself."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import yaml
from pbmon.catalog.catalog import load
from pbmon.errors import UsageError
from pbmon.plan.plan import Plan, resolve

from .conftest import APP, PROJECT

pytest.importorskip("fcntl", reason="a stack of processes runs on Linux and macOS only")

from pbmon.stack import app_file, environment, parts, ports, processes, programs, state

ENDLESS = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


def started(tmp_path: Path, command: list[str]) -> processes.Started:
    return processes.start(
        command, log=tmp_path / "log", folder=tmp_path, environment={}, user=None
    )


def test_a_process_outlives_its_starter_writes_its_log_and_ends_when_asked(tmp_path: Path) -> None:
    process = started(tmp_path, ENDLESS)
    try:
        end = time.monotonic() + 10
        while not (tmp_path / "log").read_text() and time.monotonic() < end:
            time.sleep(0.05)
        assert (tmp_path / "log").read_text() == "up\n"
        assert processes.runs(process, processes.table())
    finally:
        processes.stop([process], signal.SIGTERM)
    assert not processes.runs(process, processes.table())


def test_children_that_a_killed_process_left_are_ended_too(tmp_path: Path) -> None:
    family = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time;"
        " time.sleep(60)'])"
    )
    process = started(tmp_path, [sys.executable, "-c", family])
    end = time.monotonic() + 10
    while len(processes.members(process, processes.table())) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    child = max(processes.members(process, processes.table()))
    processes._send(process.pid, signal.SIGKILL)
    while processes.runs(process, processes.table()) and time.monotonic() < end:
        time.sleep(0.05)
    assert processes.members(process, processes.table()) == [child]
    processes.stop([process], signal.SIGTERM)
    assert processes.members(process, processes.table()) == []


def test_a_process_that_ignores_the_request_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.5)
    process = started(
        tmp_path,
        [
            sys.executable,
            "-c",
            "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)",
        ],
    )
    time.sleep(0.5)
    processes.stop([process], signal.SIGTERM)
    assert processes.members(process, processes.table()) == []


def test_another_process_under_the_same_number_is_left_alone(tmp_path: Path) -> None:
    process = started(tmp_path, ENDLESS)
    try:
        later = replace(process, started="another time")
        processes.stop([later], signal.SIGKILL)
        assert processes.runs(process, processes.table())
        assert not processes.runs(later, processes.table())
    finally:
        processes.stop([process], signal.SIGTERM)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the start does not move")
def test_a_process_stays_the_same_when_the_clock_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or `down` would leave it running as somebody else's."""
    process = started(tmp_path, ENDLESS)
    boot = psutil.boot_time()
    try:
        monkeypatch.setattr(psutil._psplatform, "boot_time", lambda: boot + 3600)
        assert psutil.boot_time() == boot + 3600
        assert processes.runs(process, processes.table())
    finally:
        processes.stop([process], signal.SIGTERM)
    assert not processes.runs(process, processes.table())


def test_ports_are_free_and_all_different() -> None:
    found = ports.addresses(map(str, range(50)))
    assert len(set(found.values())) == 50
    assert all(address.startswith("127.0.0.1:") for address in found.values())


def test_the_environment_of_a_stack_changes_addresses_and_nothing_else(
    plan: Plan, tmp_path: Path
) -> None:
    addresses = {job.name: f"127.0.0.1:{20_000 + number}" for number, job in enumerate(plan.jobs)}
    copy = environment.overlay(
        PROJECT / "definitions", "development", tmp_path, addresses, "127.0.0.1:1", "127.0.0.1:2"
    )
    mine = resolve(load(copy, environment.NAME))
    assert {job.name: job.targets for job in mine.jobs} == {
        name: (address,) for name, address in addresses.items()
    }
    as_before = [replace(job, targets=(), source=plan.jobs[0].source) for job in mine.jobs]
    assert as_before == [replace(job, targets=(), source=plan.jobs[0].source) for job in plan.jobs]
    assert mine.settings.external_labels == plan.settings.external_labels


def test_a_receiver_of_production_does_not_hear_of_a_stack(tmp_path: Path) -> None:
    copy = environment.overlay(
        PROJECT / "definitions", "production", tmp_path, {}, "127.0.0.1:1", "127.0.0.1:2"
    )
    overlaid = yaml.safe_load((copy / "environments/stack.yaml").read_text("utf-8"))
    assert "receivers" not in overlaid
    assert overlaid["scrape_interval"] == "30s"


def test_every_job_of_the_definitions_has_a_part(plan: Plan, tmp_path: Path) -> None:
    app = app_file.read(APP)
    wanted = parts.exporters(plan, app)
    addresses = ports.addresses(parts.names(wanted, app))
    found = {name: Path("/bin") / name for name in parts.programs(wanted)}
    made = parts.all_parts(state.Stack(tmp_path), found, app, wanted, addresses)
    assert {addresses[job.name] for job in plan.jobs} <= {part.address for part in made}
    assert "--collector.stat_statements" in next(
        part.command for part in made if part.name == "postgres_exporter"
    )


def test_no_secret_stands_in_a_command_or_in_the_file_that_describes_the_stack(
    plan: Plan, tmp_path: Path
) -> None:
    app = app_file.read(APP)
    wanted = parts.exporters(plan, app)
    found = {name: Path("/bin") / name for name in parts.programs(wanted)}
    stack = state.Stack(
        tmp_path,
        tuple(
            parts.all_parts(
                state.Stack(tmp_path), found, app, wanted, ports.addresses(parts.names(wanted, app))
            )
        ),
    )
    stack.save()
    assert state.read(tmp_path) == stack
    named = [
        value for part in stack.parts for name, value in part.environment.items() if is_secret(name)
    ]
    assert named
    assert all(value.startswith(str(stack.secrets)) for value in named)


def is_secret(name: str) -> bool:
    return any(word in name for word in ("PASS", "TOKEN"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[processes.web]\n", "processes.web has no command"),
        ("[process.web]\n", "key process does not exist"),
        (
            "[processes.web]\ncommand = 'run'\n",
            "processes.web.command is 'run', which is of another kind",
        ),
        (
            "[postgres]\nmax_connections = 'many'\n",
            "postgres.max_connections is 'many', which is of another kind",
        ),
        ("[environment]\nDEBUG = 1\n", "environment is {'DEBUG': 1}, which is of another kind"),
        ("[", "cannot be read"),
    ],
)
def test_a_stack_file_that_says_what_nobody_understands_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "stack.toml").write_text(text)
    with pytest.raises(UsageError) as refused:
        app_file.read(tmp_path)
    assert message in refused.value.problem


def test_a_name_that_does_not_exist_in_a_command_is_refused() -> None:
    with pytest.raises(UsageError) as refused:
        app_file.filled("{python} {prot}", {"python": "p", "port": "1"})
    assert (
        str(refused.value)
        == "stack.toml uses {prot}, which does not exist\n  help: there is: port, python"
    )


def test_a_job_that_nobody_runs_is_named(plan: Plan) -> None:
    app = replace(app_file.read(APP), processes={})
    with pytest.raises(UsageError, match="scrape job celery-export-worker has no process"):
        parts.exporters(plan, app)


def test_all_missing_programs_are_named_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="not installed: node_exporter, prometheus;"):
        programs.find(["node_exporter", "prometheus"], None)


def test_a_folder_with_files_of_others_is_never_taken(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with (
        pytest.raises(UsageError, match="holds files that are no stack's"),
        state.claimed(tmp_path),
    ):
        pass
    assert (tmp_path / "thesis.txt").exists()


def test_two_commands_never_work_on_one_stack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "_PATIENCE", 0.2)
    folder = tmp_path / "stack"
    with (
        state.claimed(folder),
        pytest.raises(UsageError, match="another `pbmon stack` command works on"),
        state.claimed(folder),
    ):
        pass


def test_a_stack_that_came_to_nothing_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError), state.claimed(tmp_path / "stack"):
        raise UsageError("nothing is installed")
    assert not (tmp_path / "stack").exists()


def test_the_passwords_of_the_containers_are_random_and_made_once(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    script = tmp_path / "scripts/stack-secrets.sh"
    script.write_bytes((PROJECT / "scripts/stack-secrets.sh").read_bytes())
    subprocess.run(["sh", str(script)], check=True, timeout=20)
    made = {path.name: path.read_text() for path in (tmp_path / ".secrets").iterdir()}
    subprocess.run(["sh", str(script)], check=True, timeout=20)
    assert {path.name: path.read_text() for path in (tmp_path / ".secrets").iterdir()} == made
    assert set(made) == {"admin", "app", "monitor", "grafana"}
    assert len(set(made.values())) == 4
    assert all(len(password) == 32 for password in made.values())
