"""One finding for a fault that several expressions of a file share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pbmon.audit.case import Use
from pbmon.audit.lacks import Lack
from pbmon.finding import Finding

_MOST_LINES = 12


def findings(
    faults: Iterable[tuple[Use, Lack]], consequence: Callable[[Use], str]
) -> Iterator[Finding]:
    """One for each fault of a file, at its first line. consequence: what becomes of an expression
    that has it.
    """
    grouped: dict[tuple[str, str, str], list[tuple[Use, Lack]]] = {}
    for use, lack in faults:
        grouped.setdefault((use.file, lack.check, lack.problem), []).append((use, lack))
    for together in grouped.values():
        use, lack = together[0]
        others = list(dict.fromkeys(other.source.line for other, _ in together[1:]))
        more = [line for line in others if line != use.source.line]
        lines = ", ".join(map(str, more[:_MOST_LINES])) + (" …" if len(more) > _MOST_LINES else "")
        beside = f"also in line{'s' if len(more) > 1 else ''} {lines}" if more else ""
        yield Finding(
            lack.check,
            use.source,
            f"{use.what}: {lack.problem}{consequence(use)}",
            "; ".join(filter(None, [lack.help, beside])),
            lack.level,
        )
