"""The local executor, seen from the parent: one host process, in a group of its own, that runs the workers.

The parent imports neither NumPy nor a pool. When it stops listening, for whatever reason, the whole group is ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys

from gradaudit import transport
from gradaudit.errors import InternalError, UsageError
from gradaudit.runner.protocol import Job, Message
from gradaudit.runner.wire import MARK

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from typing import IO

_STRANGE_LINES = 1000

# One thread a worker: --jobs says how many cores are used, results don't depend on it, and forking stays safe.
_SINGLE_THREADED = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


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
    import shutil
    import tempfile

    folder = tempfile.mkdtemp(prefix="gradaudit-")
    try:
        yield from _run(job, python or sys.executable, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(job: Job, python: str, folder: str) -> Iterator[Message]:
    errors = os.path.join(folder, "host.err")
    process = _start(python, folder, errors)
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101 - as above
    try:
        with contextlib.suppress(BrokenPipeError):  # it ended at once; what it said says why
            process.stdin.write(transport.dumps(job).encode() + b"\n")
            process.stdin.flush()
        for line in _said(process.stdout):
            message = transport.loads(Message, line)
            if message.case < 0:
                if message.failure:
                    raise UsageError(f"--python: {python} {message.failure}")
                return
            yield message
        raise _lost(process, python, errors)
    finally:
        _end(process)


def _said(stdout: IO[bytes]) -> Iterator[bytes]:
    """The host's lines; others, which an interpreter prints when it starts, are passed over up to a limit."""
    strange = 0
    for line in stdout:
        if line.startswith(MARK):
            yield line[len(MARK) :]
        elif (strange := strange + 1) > _STRANGE_LINES:
            return


def _start(python: str, folder: str, errors: str) -> subprocess.Popen[bytes]:
    import subprocess

    environment = {**dict.fromkeys(_SINGLE_THREADED, "1"), **os.environ}
    here = os.path.dirname(os.path.abspath(__file__))
    command = [python, os.path.join(here, "host.py"), json.dumps(_lent(here)), folder]
    try:
        with open(errors, "wb") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
    except OSError as error:
        raise UsageError(
            f"--python: {python} can't be started: {error.strerror}; give the path of a Python interpreter"
        ) from error


def _lent(here: str) -> dict[str, str]:
    """Where the packages lie that the host needs, whatever its interpreter has."""
    import importlib.util

    spec = importlib.util.find_spec("pebble")
    if spec is None or spec.origin is None:
        raise InternalError("pebble is not installed; reinstall gradaudit")
    return {"gradaudit": os.path.dirname(here), "pebble": os.path.dirname(spec.origin)}


def _lost(process: subprocess.Popen[bytes], python: str, errors: str) -> Exception:
    _end(process)
    status = process.returncode
    with open(errors, encoding="utf-8", errors="replace") as log:
        said = log.read().strip()
    if python != sys.executable:
        last = said.splitlines()[-1] if said else f"exit status {status}"
        return UsageError(f"--python: {python} does not work as a Python interpreter: {last}")
    return InternalError(f"the process that runs audits ended with status {status}\n{said}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the host and all that it or the audited code started in its group; an interrupt does not interrupt this."""
    import signal
    import subprocess

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        else:
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], check=False, capture_output=True)  # noqa: S607 - part of Windows
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
    finally:
        signal.signal(signal.SIGINT, before)
