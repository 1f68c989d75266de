"""RUN: the table of executors. An executor runs a job's cases and says what becomes of each as it becomes known."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradaudit.runner.protocol import Job, Message

# Name -> the module that has `executor(python)`.
EXECUTORS: dict[str, str] = {
    "local": "gradaudit.runner.processes.local_pool",
}


class Executor(Protocol):
    """Runs one job, with one interpreter."""

    def prepare(self) -> None:
        """Start what depends on no job, without waiting for it. What goes wrong is for `run` to say."""
        ...

    def run(self, job: Job) -> Iterator[Message]:
        """Run a job's cases and say what becomes of each as it becomes known.

        Raises:
            UsageError: The interpreter can't be started, or is too old.
            InternalError: Not everything was said that was to be said.
        """
        ...

    def close(self) -> None:
        """End everything that still runs, at once."""
        ...


def executor(name: str, python: str | None) -> Executor:
    """An executor that has started nothing yet.

    Args:
        name: A name of `EXECUTORS`.
        python: The interpreter that runs the audits; this one if None.
    """
    make: Callable[[str | None], Executor] = import_module(EXECUTORS[name]).executor
    return make(python)
