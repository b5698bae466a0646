"""What differs between environments, laid over the definitions from `environments/<name>.yaml`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from pbmon import durations
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.source import Source

DEFAULT = "development"


@dataclass(frozen=True)
class AlertOverlay:
    """New threshold (in the unit of the alert's expression) and new `for` of one alert; None keeps what is defined."""

    threshold: Decimal | None = None
    for_: str | None = None
    source: Source | None = None


@dataclass(frozen=True)
class Environment:
    """An overlay as read; whatever is empty or None keeps what the definitions say.

    settings: fields of Project (intervals, URLs, external_labels, alertmanagers). targets, intervals: by scrape job.
    webhook_url_files: by receiver. alerts: by alert name.
    """

    name: str = DEFAULT
    settings: Mapping[str, Any] = field(default_factory=dict)
    targets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    intervals: Mapping[str, str] = field(default_factory=dict)
    webhook_url_files: Mapping[str, str] = field(default_factory=dict)
    alerts: Mapping[str, AlertOverlay] = field(default_factory=dict)


def read_environment(folder: Path, name: str, alerts: Sequence[str], jobs: Sequence[str]) -> Environment:
    """The overlay of that name; the default one may be missing.

    Raises DefinitionErrors, each with file and line, for an unknown environment, key, alert or job, and for values of the
    wrong kind.
    """
    shown = f"{folder.name}/environments/{name}.yaml"
    path = folder / "environments" / f"{name}.yaml"
    if not path.is_file():
        if name == DEFAULT:
            return Environment()
        existing = ", ".join(sorted(file.stem for file in folder.glob("environments/*.yaml"))) or "none"
        raise DefinitionErrors([DefinitionError(Source(shown, 0), f"there is no environment {name!r}", f"there is: {existing}")])
    text = path.read_text("utf-8")
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.load(text, Loader=_Loader) or {}  # noqa: S506 - a SafeLoader with one more scalar
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise DefinitionErrors([DefinitionError(Source(shown, line), f"YAML cannot read this: {error.problem}", "")]) from None
    errors = list(_schema_errors(data, tree, shown))
    if not errors:
        errors += _unknown(data, "alerts", alerts, tree, shown)
        errors += _unknown(data, "targets", jobs, tree, shown)
        errors += _unknown(data, "intervals", jobs, tree, shown)
        errors += _duration_errors(data, tree, shown)
    if errors:
        raise DefinitionErrors(errors)
    return _environment(name, data, tree, shown)


class _Loader(yaml.SafeLoader):
    """Reads decimals exactly, so that a threshold of 0.001 stays 0.001."""


def _decimal(loader: _Loader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)))


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)


def _environment(name: str, data: dict[str, Any], tree: Any, shown: str) -> Environment:
    own = {"alerts", "targets", "intervals", "receivers"}
    return Environment(
        name,
        {key: value for key, value in data.items() if key not in own},
        {job: tuple(targets) for job, targets in data.get("targets", {}).items()},
        data.get("intervals", {}),
        {receiver: settings["webhook_url_file"] for receiver, settings in data.get("receivers", {}).items()},
        {
            alert: AlertOverlay(
                None if (threshold := overlay.get("threshold")) is None else Decimal(threshold),
                overlay.get("for"),
                Source(shown, _line(tree, ("alerts", alert))),
            )
            for alert, overlay in data.get("alerts", {}).items()
        },
    )


def _schema_errors(data: Any, tree: Any, shown: str) -> list[DefinitionError]:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    checker = Draft202012Validator.TYPE_CHECKER.redefine(
        "number", lambda _, value: isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    )
    schema = json.loads(files("pbmon.catalog").joinpath("environment.schema.json").read_text("utf-8"))
    validator = extend(Draft202012Validator, type_checker=checker)(schema)  # type: ignore[no-untyped-call]
    errors = []
    for error in validator.iter_errors(data):
        known = ", ".join(error.schema.get("properties", ())) if error.validator == "additionalProperties" else ""
        path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            for key in sorted(set(error.instance) - set(error.schema["properties"])):
                problem = f"key {key!r} does not exist here, so it changes nothing"
                errors.append(DefinitionError(Source(shown, _line(tree, (*path, key))), problem, f"there is: {known}"))
        else:
            where = ".".join(map(str, path)) or "the file"
            errors.append(
                DefinitionError(Source(shown, _line(tree, path)), f"{where}: {error.message}", error.schema.get("description", ""))
            )
    return errors


def _unknown(data: Mapping[str, Any], key: str, known: Sequence[str], tree: Any, shown: str) -> list[DefinitionError]:
    listed = ", ".join(sorted(known)) or "none"
    return [
        DefinitionError(
            Source(shown, _line(tree, (key, name))), f"{key} names {name!r}, which does not exist", f"there is: {listed}"
        )
        for name in data.get(key, {})
        if name not in known
    ]


def _duration_errors(data: dict[str, Any], tree: Any, shown: str) -> list[DefinitionError]:
    places: list[tuple[tuple[str, ...], str, bool]] = [
        ((key,), data[key], False) for key in ("scrape_interval", "evaluation_interval") if key in data
    ]
    places += [(("intervals", name), value, False) for name, value in data.get("intervals", {}).items()]
    places += [(("alerts", name, "for"), value["for"], True) for name, value in data.get("alerts", {}).items() if "for" in value]
    errors = []
    for path, value, zero in places:
        try:
            durations.checked(value, path[-1], zero=zero, source=Source(shown, _line(tree, path)))
        except DefinitionError as error:
            errors.append(error)
    return errors


def _line(tree: Any, path: Sequence[Any]) -> int:
    """Line of the key at the path in a composed YAML tree, 1 for the whole file."""
    line, node = 1, tree
    for step in path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == step), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line
