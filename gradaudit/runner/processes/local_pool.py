"""The local executor, seen from the parent: one host process, in a group of its own, that runs the workers.

The parent imports neither NumPy nor a pool. When it stops listening, for whatever reason, the whole group is ended.
"""

from __future__ import annotations

import contextlib
import sys

from gradaudit.errors import UsageError
from gradaudit.runner.processes.host_process import HostProcess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.runner.protocol import Job, Message


class LocalPool:
    """Processes on this machine; see `gradaudit.runner.Executor` for what its methods owe.

    Args:
        python: The interpreter that runs them.
    """

    def __init__(self, python: str) -> None:
        self._python = python
        self._host: HostProcess | None = None

    def prepare(self) -> None:
        """Start the host, which imports what its workers need before it asks for a job."""
        if self._host is None:
            with contextlib.suppress(UsageError):  # which is raised again where something has to run
                self._host = HostProcess(self._python)

    def run(self, job: Job) -> Iterator[Message]:
        """Hand the job to the host, and hand on what it says."""
        host = self._host = self._host or HostProcess(self._python)
        host.tell(job)
        yield from host.messages()

    def close(self) -> None:
        """End the host and its group."""
        host, self._host = self._host, None
        if host is not None:
            host.end()


def executor(python: str | None) -> LocalPool:
    """The executor that runs audits with an interpreter; this one if None."""
    return LocalPool(python or sys.executable)
