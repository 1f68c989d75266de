"""The host of the workers, seen from the parent: how it is started, talked to, and ended with all its group."""

from __future__ import annotations

import contextlib
import os

from gradaudit.errors import InternalError, UsageError
from gradaudit.folders import OURS
from gradaudit.runner.processes.wire import MARK

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from typing import IO

    from gradaudit.records.case import Case
    from gradaudit.runner.protocol import Job, Message

_STRANGE_LINES = 1000

# One thread a worker: --jobs says how many cores are used, results don't depend on it, and forking stays safe.
_SINGLE_THREADED = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


class HostProcess:
    """One host process with a folder for its files.

    Args:
        python: The interpreter that runs it.

    Raises:
        UsageError: The interpreter can't be started.
    """

    def __init__(self, python: str) -> None:
        import tempfile  # an empty scan starts no host

        self._python = python
        self._folder = tempfile.mkdtemp(prefix="gradaudit-")
        self._errors = os.path.join(self._folder, "host.err")
        try:
            self._process = _start(python, self._folder, self._errors)
        except BaseException:
            self._remove_folder()
            raise

    def tell(self, what: Job | Case) -> None:
        """Send a job, or a further case of one that stays open."""
        from gradaudit import transport  # while the host starts

        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        with contextlib.suppress(BrokenPipeError):  # it ended at once; what it said says why
            self._process.stdin.write(transport.dumps(what).encode() + b"\n")
            self._process.stdin.flush()

    def messages(self) -> Iterator[Message]:
        """What it says, until all is over.

        Raises:
            UsageError: The interpreter is too old, or is none.
            InternalError: The process ended without having said everything.
        """
        import shutil  # noqa: F401 - what comes at the end is imported while the host starts

        from gradaudit import transport
        from gradaudit.runner.protocol import Message

        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        for line in _said(self._process.stdout):
            message = transport.loads(Message, line)
            if message.case < 0:
                if message.failure:
                    raise UsageError(f"--python: {self._python} {message.failure}")
                return
            yield message
        raise self._lost()

    def end(self) -> None:
        """End the host and all that it or the audited code started, and remove its files."""
        try:
            _end(self._process)
        finally:
            self._remove_folder()

    def _lost(self) -> Exception:
        import sys

        _end(self._process)
        status = self._process.returncode
        with open(self._errors, encoding="utf-8", errors="replace") as log:
            said = log.read().strip()
        if self._python != sys.executable:
            last = said.splitlines()[-1] if said else f"exit status {status}"
            return UsageError(f"--python: {self._python} does not work as a Python interpreter: {last}")
        return InternalError(f"the process that runs audits ended with status {status}\n{said}")

    def _remove_folder(self) -> None:
        import shutil

        shutil.rmtree(self._folder, ignore_errors=True)


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
    command = [python, os.path.join(here, "host.py"), folder, *_lent()]
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


def _lent() -> tuple[str, str]:
    """Where gradaudit and pebble lie: the packages that the host needs, whatever its interpreter has."""
    import importlib.util

    spec = importlib.util.find_spec("pebble")
    if spec is None or spec.origin is None:
        raise InternalError("pebble is not installed; reinstall gradaudit")
    return OURS, os.path.dirname(spec.origin)


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
