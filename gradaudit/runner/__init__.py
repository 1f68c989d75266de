"""RUN: the table of executors. An executor runs a job's cases and says what becomes of each as it becomes known."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradaudit.runner.protocol import Job, Message

# Name -> the module that has `run(job, python) -> iterator of messages`.
EXECUTORS: dict[str, str] = {
    "local": "gradaudit.runner.processes.local_pool",
}


def execute(executor: str, job: Job, python: str | None) -> Iterator[Message]:
    """Run a job; closing the iterator ends everything that still runs.

    Args:
        executor: A name of `EXECUTORS`.
        job: What to run.
        python: The interpreter that runs it; this one if None.
    """
    run: Callable[[Job, str | None], Iterator[Message]] = import_module(EXECUTORS[executor]).run
    return run(job, python)
