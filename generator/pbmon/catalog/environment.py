"""What differs between environments, laid over the definitions from `environments/<name>.yaml`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from pbmon import durations
from pbmon.catalog.marked_yaml import find, read
from pbmon.conventions import check_no_credentials
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.expr.nodes import is_float
from pbmon.json_schema import fitting
from pbmon.source import Source

DEFAULT = "development"
_DEPTH = 3
"""Keys and positions on the way to a text of an overlay."""


@dataclass(frozen=True)
class AlertOverlay:
    """New threshold (in the unit of the alert's expression) and new `for` of one alert; None keeps
    what is defined.
    """

    threshold: Decimal | None = None
    for_: str | None = None
    source: Source | None = None


@dataclass(frozen=True)
class Environment:
    """An overlay as read; whatever is empty or None keeps what the definitions say.

    settings: fields of Project (intervals, URLs, external_labels, alertmanagers). targets,
    intervals: by scrape job.
    webhook_url_files: by receiver. alerts: by alert name, or `name/severity` where several alerts
    have the name.
    """

    name: str = DEFAULT
    settings: Mapping[str, Any] = field(default_factory=dict)
    targets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    intervals: Mapping[str, str] = field(default_factory=dict)
    webhook_url_files: Mapping[str, str] = field(default_factory=dict)
    alerts: Mapping[str, AlertOverlay] = field(default_factory=dict)


def read_environment(folder: Path, name: str, names: Mapping[str, Sequence[str]]) -> Environment:
    """The overlay of that name; the default one may be missing. names: those of the
    `alerts`, `jobs` and `receivers` that are defined.

    Raises DefinitionErrors, each with file and line, for an unknown environment, key, alert, job or
    receiver, and for values of the wrong kind.
    """
    # a name that is not in the list never becomes a path
    existing = {file.stem for file in folder.glob("environments/*.yaml") if file.is_file()}
    if name not in existing:
        if name == DEFAULT:
            return Environment()
        raise DefinitionErrors(
            [
                DefinitionError(
                    Source(f"{folder.name}/environments", 0),
                    f"there is no environment {name!r}",
                    f"there is: {', '.join(sorted({*existing, DEFAULT}))}",
                )
            ]
        )
    file_name = f"{folder.name}/environments/{name}.yaml"
    path = folder / "environments" / f"{name}.yaml"
    try:
        data, tree = read(path.read_bytes(), file_name)
    except DefinitionError as error:
        raise DefinitionErrors([error]) from None
    errors = [*_credential_errors(data, tree, file_name)]
    errors = errors or [*_schema_errors(data, tree, file_name)]
    if not errors:
        for key, kind in (
            ("alerts", "alerts"),
            ("targets", "jobs"),
            ("intervals", "jobs"),
            ("receivers", "receivers"),
        ):
            errors += _unknown(data, key, names[kind], tree, file_name)
        errors += _duration_errors(data, tree, file_name)
    if errors:
        raise DefinitionErrors(errors)
    return _environment(name, data, tree, file_name)


def _environment(name: str, data: dict[str, Any], tree: Any, file_name: str) -> Environment:
    other_keys = {"alerts", "targets", "intervals", "receivers"}
    return Environment(
        name,
        {key: value for key, value in data.items() if key not in other_keys},
        {job: tuple(targets) for job, targets in data.get("targets", {}).items()},
        data.get("intervals", {}),
        {
            receiver: settings["webhook_url_file"]
            for receiver, settings in data.get("receivers", {}).items()
        },
        {
            alert: AlertOverlay(
                overlay.get("threshold"),
                overlay.get("for"),
                Source(file_name, find(tree, ("alerts", alert))[0]),
            )
            for alert, overlay in data.get("alerts", {}).items()
        },
    )


def _credential_errors(data: Any, tree: Any, file_name: str) -> Iterator[DefinitionError]:
    """Before all others, since those repeat what they are about."""
    for path, address in _texts(data, ()):
        if path[0] in {"alertmanagers", "targets"} or str(path[0]).endswith("_url"):
            source = Source(file_name, find(tree, path)[0])
            try:
                check_no_credentials(address, str(path[0]), source)
            except DefinitionError as error:
                yield error


def _texts(data: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text in the data with its place; none deeper than an overlay goes, for YAML has anchors
    that stand for themselves.
    """
    if isinstance(data, str) and path:
        yield path, data
    elif isinstance(data, dict | list) and len(path) < _DEPTH:
        entries = data.items() if isinstance(data, dict) else enumerate(data)
        for key, value in entries:
            yield from _texts(value, (*path, key))


def _schema_errors(data: Any, tree: Any, file_name: str) -> Iterator[DefinitionError]:
    schema = json.loads(
        files("pbmon.catalog").joinpath("environment.schema.json").read_text("utf-8")
    )
    if fitting(schema, is_number=_is_finite)(data):
        return
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    checker = Draft202012Validator.TYPE_CHECKER.redefine(
        "number", lambda _, value: _is_finite(value)
    )
    validator = extend(Draft202012Validator, type_checker=checker)(schema)  # type: ignore[no-untyped-call]
    for error in validator.iter_errors(data):
        path = tuple(error.absolute_path)
        line, node = find(tree, path)
        if error.validator == "additionalProperties":
            for key in sorted(set(error.instance) - set(error.schema["properties"])):
                problem = f"key {key!r} does not exist here, so it changes nothing"
                yield DefinitionError(
                    Source(file_name, find(tree, (*path, key))[0]),
                    problem,
                    f"there is: {', '.join(error.schema['properties'])}",
                )
        else:
            where = ".".join(map(str, path)) or "the file"
            yield DefinitionError(
                Source(file_name, line),
                f"{where} {_fault(error, node)}",
                error.schema.get("description", ""),
            )


_KINDS = {
    "object": "a mapping of keys to values",
    "array": "a list",
    "string": "a text",
    "number": "a finite decimal number",
}


def _fault(error: Any, node: Any) -> str:
    """What is wrong with a value, in the words of somebody who writes YAML."""
    match error.validator:
        case "type":
            return f"is {_text_of(node)}, which is not {_KINDS[error.validator_value]}"
        case "pattern":
            return f"has {error.instance!r}, which is of another form"
        case "required":
            return f"has no {', '.join(error.validator_value)}"
        case _:  # minItems, minLength and minProperties, the other rules of the schema
            return "is empty, so it changes nothing"


def _text_of(node: Any) -> str:
    """A value as the file spells it."""
    if not isinstance(node, yaml.ScalarNode):
        return "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
    return repr(node.value) if node.style else node.value or "empty"


def _is_finite(value: object) -> bool:
    return isinstance(value, Decimal) and value.is_finite() and is_float(value)


def _unknown(
    data: Mapping[str, Any], key: str, existing: Sequence[str], tree: Any, file_name: str
) -> list[DefinitionError]:
    listed = ", ".join(sorted(existing)) or "none"
    errors = []
    for name in (name for name in data.get(key, {}) if name not in existing):
        source = Source(file_name, find(tree, (key, name))[0])
        problem, help = f"{key} names {name!r}, which does not exist", f"there is: {listed}"
        if meant := sorted(each for each in existing if each.startswith(f"{name}/")):
            problem = f"{key} names {name!r}, which several have, so it is unclear which is meant"
            help = f"name it with its severity: {', '.join(meant)}"
        errors.append(DefinitionError(source, problem, help))
    return errors


def _duration_errors(data: dict[str, Any], tree: Any, file_name: str) -> list[DefinitionError]:
    places: list[tuple[tuple[str, ...], str, bool]] = [
        ((key,), data[key], False)
        for key in ("scrape_interval", "evaluation_interval")
        if key in data
    ]
    places += [
        (("intervals", name), value, False) for name, value in data.get("intervals", {}).items()
    ]
    places += [
        (("alerts", name, "for"), value["for"], True)
        for name, value in data.get("alerts", {}).items()
        if "for" in value
    ]
    errors = []
    for path, value, zero in places:
        try:
            durations.checked(
                value, ".".join(path), zero=zero, source=Source(file_name, find(tree, path)[0])
            )
        except DefinitionError as error:
            errors.append(error)
    return errors
