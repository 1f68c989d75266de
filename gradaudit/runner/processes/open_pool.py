"""A local pool that stays: cases are handed to it as they come up, one host process runs them all."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

from gradaudit.errors import InternalError
from gradaudit.runner.processes.host_process import HostProcess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradaudit.records.case import Case
    from gradaudit.records.outcome import Outcome
    from gradaudit.runner.protocol import Job, Message


@dataclass
class Pending:
    """What is known of a case so far.

    Attributes:
        missing: How many of its audits have not ended.
        outcomes: Of those that have, by the order in which their target declares them.
        failure: How gradaudit itself failed on it.
    """

    missing: int = 1
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    failure: str = ""


class OpenPool:
    """Runs the cases that it is handed, until it is closed.

    The host process starts with the first case and is replaced when it is lost.

    Args:
        job: What holds for all cases; its own are not run.
        python: The interpreter that runs them; this one if not given.
    """

    def __init__(self, job: Job, python: str | None = None) -> None:
        self._job = job
        self._python = python or sys.executable
        self._host: HostProcess | None = None
        self._messages: Iterator[Message] = iter(())
        self._pending: list[Pending] = []  # by the numbers that the host gives

    def submit(self, cases: Sequence[Case]) -> list[Pending]:
        """Start cases, and say where their outcomes will be.

        Raises:
            UsageError: The interpreter can't be started.
        """
        pending = [Pending() for _ in cases]
        if self._host is None:
            host = HostProcess(self._python)
            self._host, self._messages, self._pending = host, host.messages(), []
            host.tell(self._job._replace(cases=tuple(cases), stays_open=True))
        else:
            for case in cases:
                self._host.tell(case)
        self._pending += pending
        return pending

    def wait(self, pending: Pending) -> tuple[Outcome, ...]:
        """The outcomes of a case's audits, once all have ended.

        Raises:
            UsageError: The interpreter is too old, or is none.
            InternalError: gradaudit itself failed on it, or the host process is lost.
        """
        while pending.missing:
            self._hear()
        if pending.failure:
            raise InternalError(pending.failure)
        return tuple(pending.outcomes[index] for index in sorted(pending.outcomes))

    def close(self) -> None:
        """End every process at once."""
        host, self._host = self._host, None
        if host is not None:
            host.end()

    def _hear(self) -> None:
        try:
            message = next(self._messages)
        except BaseException as error:
            if isinstance(error, Exception):
                self._give_up(str(error))
            self.close()
            if not isinstance(error, StopIteration):
                raise
            return
        pending = self._pending[message.case]
        pending.missing += message.more - 1
        pending.failure = pending.failure or message.failure
        if message.outcome is not None:
            pending.outcomes[message.index] = message.outcome

    def _give_up(self, why: str) -> None:
        """What has not ended never will; a host without NumPy ends when it has said so of each case."""
        for pending in self._pending:
            if pending.missing:
                pending.missing, pending.failure = 0, why or "the process that runs audits has ended"
