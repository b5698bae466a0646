"""How the series of a right operand find their partners on the left.

https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from pbmon.arguments import checked
from pbmon.expr.derivation import subject
from pbmon.expr.labelsets import require
from pbmon.expr.nodes import Matching
from pbmon.labels import Label, names

if TYPE_CHECKING:
    from pbmon.expr.vector import Vector


@dataclass(frozen=True)
class Matched:
    """A right operand together with how its series find their partners on the left."""

    vector: Vector
    matching: Matching

    @checked
    def group_left(self, *include: Label) -> Matched:
        """Many series on the left share one on the right; `include` copies labels from there."""
        require(subject(self.vector.node), self.vector.label_set, names(include))
        return self._grouped("group_left", include)

    @checked
    def group_right(self, *include: Label) -> Matched:
        """Many series on the right share one on the left; `include` copies labels from there."""
        return self._grouped("group_right", include)

    def _grouped(
        self, group: Literal["group_left", "group_right"], include: Sequence[Label]
    ) -> Matched:
        matching = replace(self.matching, group=group, include=names(include))
        return Matched(self.vector, matching)
