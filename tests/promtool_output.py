"""What `promtool test rules` got, read from its complaints about tests that expect nothing."""

from __future__ import annotations

import re

Sample = tuple[tuple[tuple[str, str], ...], float]
"""Labels without `__name__`, sorted, and the value."""


def results(output: str) -> dict[str, list[Sample]]:
    """Samples by expression, the latter as a Go string literal without its quotes (see
    as_go_quotes).
    """
    found = {}
    for block in re.split(r"\n    expr: ", output)[1:]:
        quoted, got = re.match(
            r'"((?:[^"\\]|\\.)*)", time:.*?\n\s*got:(.*)', block, re.DOTALL
        ).groups()  # type: ignore[union-attr]
        samples = re.findall(r'\{((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\} ([-+\dNI][^\s,]*)', got)
        found[quoted] = [(_labels(labels), float(value)) for labels, value in samples]
    return found


def outcomes(output: str) -> dict[str, list[Sample] | str]:
    """By expression as `results`, but with `__name__`; where promtool refuses, why."""
    found: dict[str, list[Sample] | str] = {}
    for block in re.split(r"\n    expr: ", output)[1:]:
        quoted, rest = re.match(r'"((?:[^"\\]|\\.)*)", time: [^,]*,(.*)', block, re.DOTALL).groups()  # type: ignore[union-attr]
        if rest.startswith(" err: "):
            found[quoted] = rest.removeprefix(" err: ").partition("\n")[0]
            continue
        got = rest.partition("got:")[2]
        found[quoted] = [
            (tuple(sorted(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels))), float(value))
            for labels, value in re.findall(
                r'\{((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\} ([-+\dNI][^\s,]*)', got
            )
        ]
    return found


def as_go_quotes(text: str) -> str:
    """The expression as promtool prints it."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _labels(text: str) -> tuple[tuple[str, str], ...]:
    pairs = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', text)
    return tuple(sorted((name, value) for name, value in pairs if name != "__name__"))
