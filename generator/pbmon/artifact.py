"""A rendered file, in memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Artifact:
    """path: relative to the output folder, with `/` between its parts. text: the whole content,
    ending in a newline.
    """

    path: str
    text: str
