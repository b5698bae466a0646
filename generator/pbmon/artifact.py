"""A rendered file in memory, which knows the author's line behind each of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from pbmon.source import Source

Target = Literal["rules", "config", "dashboards", "code", "docs", "proofs"]
"""What can be rendered, each by the module of that name in render/targets."""
TARGETS: tuple[Target, ...] = get_args(Target)

Place = tuple[str | int, ...]
"""The way to a part of a YAML or JSON file, its keys and numbers from the top; () is the file."""


@dataclass(frozen=True, order=True)
class Artifact:
    """path: relative to the output folder, with `/` between its parts. text: the whole content,
    ending in a newline.

    sources: the author's line behind each part of the file that somebody wrote, by its place.
    copied: it comes from pbmon as it is, whatever the definitions say.
    """

    path: str
    text: str
    sources: Mapping[Place, Source] = field(default_factory=dict, compare=False, repr=False)
    copied: bool = field(default=False, compare=False, repr=False)

    def author(self, place: Place = ()) -> Source:
        """Where to change what stands at the place: the line behind the smallest part around it.

        The file itself where no author is known.
        """
        for end in range(len(place), -1, -1):
            if source := self.sources.get(place[:end]):
                return source
        return Source(self.path, 0)

    @property
    def made_from(self) -> tuple[str, ...]:
        """Names of the definition files behind it, sorted."""
        return tuple(sorted({source.file for source in self.sources.values()}))
