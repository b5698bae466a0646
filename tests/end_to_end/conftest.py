"""The programs of a stack are found as the tests of `pbmon stack` find them; one stack at a time."""

from __future__ import annotations

from stack.conftest import binaries, one_stack

__all__ = ["binaries", "one_stack"]
