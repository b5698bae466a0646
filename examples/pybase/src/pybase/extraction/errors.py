"""What a reader raises."""

from __future__ import annotations


class ExtractionError(Exception):
    """The file is not what it should be; trying again does not help."""
