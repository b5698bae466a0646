"""A finding that its owner accepts, with the reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.source import Source, here

_ID = re.compile(r"[a-z]+(-[a-z]+)+")


@checked
@dataclass(frozen=True, eq=False)
class Accepted:
    """One check's findings on the definition that it is given to, and why they may stay.

    check: id behind the finding (`metric-is-used`). reason: a sentence for later readers.
    owner: who answers for it (default: the owner of the service in the same file).
    Raises DefinitionError for an id that no check can have, and for a reason of fewer than three
    words. An acceptance that accepts nothing is itself a finding.
    """

    check: str
    reason: str
    owner: str = ""
    source: Source = field(default_factory=here, init=False)

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.check):
            raise DefinitionError(
                self.source,
                f"{self.check!r} is no id of a check, so nothing is accepted",
                "it stands in parentheses behind the finding, as metric-is-used",
            )
        if len(self.reason.split()) < 3:
            raise DefinitionError(
                self.source,
                f"{self.check} is accepted because {self.reason!r}, which does not say why",
                'one sentence: Accepted("metric-is-used", "kept for the yearly audit")',
            )
