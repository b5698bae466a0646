"""The programs of a stack are found as the tests of `pbmon stack` find them."""

from __future__ import annotations

from stack.conftest import binaries

__all__ = ["binaries"]
