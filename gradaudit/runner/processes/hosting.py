"""What the host of the workers does: import once what they need, fork them, and say what became of each case."""

from __future__ import annotations

import contextlib
import gc
import os
import queue
import sys
import threading
from typing import TYPE_CHECKING, Any

from gradaudit import transport
from gradaudit.records.case import Case
from gradaudit.runner.processes.parent_link import end_with_parent, leave_pipes, say, take_pipes
from gradaudit.runner.protocol import Job, Message, Result, timeout_of

if TYPE_CHECKING:
    from concurrent.futures import Future

    from gradaudit.records.finding import Finding
    from gradaudit.records.outcome import Outcome

STUBBORN_S = 0.3
"""Seconds that a worker which ignores SIGTERM is given before SIGKILL; the pool's other timeouts wait for it."""
_FLOOD_CHECK_S = 0.2


def serve(folder: str) -> None:
    """Read the job, run it, say what became of each case and that it is over.

    Args:
        folder: For the output of audits.
    """
    take_pipes()
    events: queue.SimpleQueue[Any] = queue.SimpleQueue()
    end_with_parent(folder, events)
    failure = _prepared()
    job = transport.loads(Job, events.get())
    if failure is not None:
        for number, case in enumerate(job.cases):
            say(Message(number, outcome=_no_numpy(case, failure)))
    else:
        Host(job, folder, events).run()
    say(Message(-1))
    threading.Event().wait()  # the parent ends the process group when it has heard all


def _prepared() -> ImportError | None:
    """Import what every worker needs, once, before they fork; or say why NumPy can't be imported.

    What is imported stays: it is not searched for garbage, here or in workers, where to search is to copy.
    """
    gc.disable()
    try:
        import numpy.random  # noqa: F401 - NumPy itself imports it when it is first used
    except ImportError as error:
        return error  # what follows is to say so, and no audit
    import pebble  # noqa: F401

    from gradaudit.runner import worker  # noqa: F401

    gc.freeze()
    gc.enable()
    return None


def start_worker(job: str) -> None:
    """Called in each worker before its first case."""
    from gradaudit.runner import worker

    leave_pipes()
    worker.start(job)


class Host:
    """A pool of worker processes, and what is still to come from it.

    Attributes:
        events: How many further cases each case that has ended led to; the parent's lines.
    """

    def __init__(self, job: Job, folder: str, events: queue.SimpleQueue[int | bytes]) -> None:
        import warnings

        import pebble

        from gradaudit.runner.processes.pool_context import pool_context

        warnings.filterwarnings("ignore", "This process", DeprecationWarning)  # forking beside pebble's threads
        pebble.CONSTS.term_timeout = STUBBORN_S
        self.job = job
        self.folder = folder
        self.events = events
        self.pool = pebble.ProcessPool(
            max_workers=max(1, job.jobs if job.stays_open else min(job.jobs, len(job.cases))),
            context=pool_context(),
            initializer=start_worker,
            initargs=(transport.dumps(job._replace(cases=())),),  # a worker gets its cases one by one
        )

    def run(self) -> None:
        """Run every case, and those that turn up on the way."""
        for number, case in enumerate(self.job.cases):
            self.schedule(number, case)
        number = pending = len(self.job.cases)
        while pending or self.job.stays_open:
            with contextlib.suppress(queue.Empty):
                event = self.events.get(timeout=_FLOOD_CHECK_S)
                if isinstance(event, bytes):
                    self.schedule(number, transport.loads(Case, event))
                    number += 1
                    pending += 1
                else:
                    pending += event - 1
            self.cut_floods()

    def cut_floods(self) -> None:
        """A child that an audit has left behind may go on printing into its file."""
        from gradaudit.runner.execution.isolation import cut

        for name in os.listdir(self.folder):
            if name.endswith(".out"):
                cut(os.path.join(self.folder, name))

    def schedule(self, number: int, case: Case) -> None:
        """Hand one case to the pool."""
        from gradaudit.runner import worker

        timeout = timeout_of(case, self.job.timeout)
        output = os.path.join(self.folder, f"{number}-{case.index}.out")
        future = self.pool.schedule(worker.run, args=(transport.dumps(case), output), timeout=timeout)
        future.add_done_callback(lambda done: self.conclude(done, number, case, output))

    def conclude(self, future: Future[str], number: int, case: Case, output: str) -> None:
        """Say what became of a case; schedule the further audits that its target declared."""
        import dataclasses
        import traceback

        more, failure, outcome = 0, "", None
        try:
            error = future.exception()
            result = self.casualty(case, error, output) if error else transport.loads(Result, future.result())
            outcome = result.outcome
            more = result.declared - 1 if case.index == 0 else 0
            for index in range(1, more + 1):
                self.schedule(number, dataclasses.replace(case, index=index))
        except BaseException:  # noqa: BLE001 - a mistake of ours, which must not be lost with this thread
            failure = f"{case.target.id}: {traceback.format_exc()}"
        say(Message(number, case.index, outcome, more, failure))
        self.events.put(more)

    def casualty(self, case: Case, error: BaseException, output: str) -> Result:
        """What is known of an audit whose worker did not live to say it.

        Raises:
            BaseException: The error, when it is one of ours.
        """
        from concurrent.futures import TimeoutError as Expired

        import pebble

        from gradaudit.records.finding import Finding
        from gradaudit.runner.announcements import announced
        from gradaudit.runner.execution.isolation import read_output
        from gradaudit.runner.processes.stacks import without_our_frames

        timeout = timeout_of(case, self.job.timeout)
        match error:
            case Expired():
                finding = Finding(
                    "GA007",
                    f"not done after {timeout:g} s",
                    "what it printed ends with the stack of where it was; draw smaller inputs with sizes=, "
                    f"or allow more with timeout={timeout * 5:g}"
                    + ("; the self-test, which repeats the check, is part of it" if self.job.self_test else ""),
                )
            case pebble.ProcessExpired():
                finding = Finding("GA008", f"its process died: {_cause_of_death(error.exitcode)}", _HELP_CRASHED)
            case _:
                raise error
        known = announced(output)
        printed, duration = without_our_frames(read_output(output)), timeout if finding.code == "GA007" else 0.0
        outcome = _unfinished(case, finding, printed, duration, known.id if known else "")
        return Result(outcome, known.declared if known else 1)


_HELP_CRASHED = "what it printed ends with the stack, where there was one"


def _cause_of_death(exitcode: int | None) -> str:
    import signal

    if exitcode is not None and exitcode < 0:
        try:
            name = signal.Signals(-exitcode).name
        except ValueError:
            name = f"signal {-exitcode}"
        return name + (" (often the system's, for want of memory)" if name == "SIGKILL" else "")
    from gradaudit.runner.processes.pool_context import EXITED

    return "exit code 0, by os._exit or by exit in compiled code" if exitcode == EXITED else f"exit code {exitcode}"


def _no_numpy(case: Case, error: ImportError) -> Outcome:
    from gradaudit.records.finding import Finding

    message = f"NumPy can't be imported in {sys.executable}: {error}"
    return _unfinished(
        case, Finding("GA005", message, "install numpy there, or name another interpreter with --python")
    )


def _unfinished(case: Case, finding: Finding, output: str = "", duration: float = 0.0, identifier: str = "") -> Outcome:
    from gradaudit.records.outcome import Outcome

    target = case.target
    return Outcome(
        id=identifier or target.id,
        file=target.file,
        line=target.definition_line,
        cell=target.cell,
        verdict="error",
        seed=case.forced.seed or case.defaults.seed or 0,
        duration_s=duration,
        findings=(finding,),
        output=output,
    )
