"""Programs of a stack, and one stack at a time, as for the tests of `pbmon stack`."""

from __future__ import annotations

from stack.conftest import binaries, one_stack

__all__ = ["binaries", "one_stack"]
