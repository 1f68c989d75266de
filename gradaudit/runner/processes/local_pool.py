"""The local executor, seen from the parent: one host process, in a group of its own, that runs the workers.

The parent imports neither NumPy nor a pool. When it stops listening, for whatever reason, the whole group is ended.
"""

from __future__ import annotations

import sys

from gradaudit.runner.processes.host_process import HostProcess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.runner.protocol import Job, Message


def run(job: Job, python: str | None = None) -> Iterator[Message]:
    """Run a job's cases and say what becomes of each as it becomes known.

    Closing the iterator ends every process at once.

    Args:
        job: What to run.
        python: The interpreter that runs it; this one if not given.

    Raises:
        UsageError: The interpreter can't be started, or is too old.
        InternalError: The host process ended without having said everything.
    """
    host = HostProcess(python or sys.executable)
    try:
        host.tell(job)
        yield from host.messages()
    finally:
        host.end()
