"""The processes that a pool of workers is made of.

The pool takes exit code 0 for a worker that has done its work. Ours never end by themselves: one that is gone took an
audit with it, and ``os._exit(0)`` or C's ``exit(0)`` is as good a way to die as any other.
"""

from __future__ import annotations

import sys
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

EXITED = 256
"""Stands for exit code 0; no process has this one."""


def _never_zero(code: int | None) -> int | None:
    return EXITED if code == 0 else code


class SpawnWorker(SpawnProcess):
    """A worker started afresh."""

    @property
    def exitcode(self) -> int | None:
        """The exit code, with `EXITED` for 0."""
        return _never_zero(super().exitcode)


class SpawnPoolContext(SpawnContext):
    """Makes `SpawnWorker` processes."""

    Process = SpawnWorker


if sys.platform != "win32":
    from multiprocessing.context import ForkContext, ForkProcess

    class ForkWorker(ForkProcess):
        """A worker forked from the host."""

        @property
        def exitcode(self) -> int | None:
            """The exit code, with `EXITED` for 0."""
            return _never_zero(super().exitcode)

    class ForkPoolContext(ForkContext):
        """Makes `ForkWorker` processes."""

        Process = ForkWorker


def pool_context() -> BaseContext:
    """Fork where that is safe, which spares each worker the import of NumPy; start afresh elsewhere."""
    return ForkPoolContext() if sys.platform == "linux" else SpawnPoolContext()
