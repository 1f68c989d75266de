"""What an audit may change and must not leave behind: the process's state is put back when it is over.

Audits share worker processes, since importing a framework costs seconds; crashes and endless loops end the process.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import os
import random
import signal
import sys
import threading
import warnings
from typing import TYPE_CHECKING, TextIO

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

OUTPUT_LIMIT = 64 * 1024
"""Bytes of captured output that are kept of one audit."""
_FLOOD_CHECK_S = 0.05


@contextlib.contextmanager
def restored_state() -> Iterator[None]:
    """Put back what Python and NumPy hold for the whole process: folder, path, environment, seeds, filters, signals."""
    folder, path, arguments, environment = os.getcwd(), list(sys.path), list(sys.argv), dict(os.environ)
    streams = sys.stdin, sys.stdout, sys.stderr
    errors, handler, printing = np.geterr(), np.geterrcall(), np.get_printoptions()
    seeds = random.getstate(), np.random.get_state()  # noqa: NPY002 - the legacy state is what may have been changed
    recursion, trace, collecting = sys.getrecursionlimit(), sys.gettrace(), gc.isenabled()
    hooks = sys.excepthook, sys.displayhook
    handlers = _signal_handlers()
    try:
        with warnings.catch_warnings():
            yield
    finally:
        with contextlib.suppress(OSError):
            os.chdir(folder)
        sys.path[:], sys.argv[:] = path, arguments
        sys.stdin, sys.stdout, sys.stderr = streams
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
        np.seterr(**errors)
        np.seterrcall(handler)
        np.set_printoptions(**printing)
        random.setstate(seeds[0])
        np.random.set_state(seeds[1])  # noqa: NPY002 - as above
        sys.setrecursionlimit(recursion)
        sys.settrace(trace)
        sys.excepthook, sys.displayhook = hooks
        (gc.enable if collecting else gc.disable)()
        _restore_signals(handlers)


def _signal_handlers() -> dict[int, object]:
    names = (signal.SIGINT, signal.SIGTERM, *((signal.SIGALRM,) if hasattr(signal, "SIGALRM") else ()))
    return {number: signal.getsignal(number) for number in names}


def _restore_signals(handlers: dict[int, object]) -> None:
    if hasattr(signal, "alarm"):
        signal.alarm(0)
    for number, handler in handlers.items():
        if handler is not None and signal.getsignal(number) is not handler:
            signal.signal(number, handler)  # type: ignore[arg-type]  # it came from getsignal


@contextlib.contextmanager
def captured_output(path: str) -> Iterator[int]:
    """Send what the audit prints, from C and from child processes too, to a file that never grows far.

    The file is opened for appending, so that it can be cut while somebody still writes. It lies outside the process:
    what was printed before a crash survives it, the stack that `faulthandler` writes included.

    Args:
        path: The file.

    Yields:
        Its descriptor.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    os.makedirs(os.path.dirname(path), exist_ok=True)  # an audit may have cleaned the temporary folder
    target = os.open(path, flags, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    kept = [os.dup(number) for number in (0, 1, 2)]
    streams = sys.stdin, sys.stdout, sys.stderr
    over = threading.Event()
    guard = threading.Thread(target=_cut_flood, args=(target, over), daemon=True)
    try:
        os.dup2(null, 0)
        os.dup2(target, 1)
        os.dup2(target, 2)
        sys.stdin = open(0, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115 - as below
        sys.stdout = _writer(1)
        sys.stderr = _writer(2)
        faulthandler.enable(file=target)
        guard.start()
        yield target
    finally:
        _flush(sys.stdout)
        _flush(sys.stderr)
        over.set()
        faulthandler.disable()
        sys.stdin, sys.stdout, sys.stderr = streams
        for number, copy in enumerate(kept):
            os.dup2(copy, number)
            os.close(copy)
        guard.join()
        cut(target)
        os.close(target)
        os.close(null)


_writers: list[TextIO] = []


def _writer(descriptor: int) -> TextIO:
    """A stream for a descriptor, the same for every audit unless one has closed it.

    None is ever let go: `print` in another thread holds no reference to the ``sys.stdout`` that it writes to before
    Python 3.14, and a thread that outlives its audit would write to freed memory.
    """
    for stream in _writers:
        with contextlib.suppress(ValueError):  # closed or detached
            if stream.fileno() == descriptor and stream.writable():
                return stream
    # Outlives this block.
    stream = open(descriptor, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    _writers.append(stream)
    return stream


def _flush(stream: object) -> None:
    with contextlib.suppress(Exception):
        stream.flush()  # type: ignore[attr-defined]  # the audited code may have put anything there


def _cut_flood(descriptor: int, over: threading.Event) -> None:
    while not over.wait(_FLOOD_CHECK_S):
        cut(descriptor)


def cut(file: int | str) -> None:
    """Cut a file of output, given by descriptor or path, to its limit; one byte more shows that there was more."""
    with contextlib.suppress(FileNotFoundError):
        if os.stat(file).st_size > OUTPUT_LIMIT + 1:
            os.truncate(file, OUTPUT_LIMIT + 1)


def read_output(path: str) -> str:
    """What `captured_output` kept, with a word on what was cut."""
    try:
        with open(path, "rb") as file:
            data = file.read(OUTPUT_LIMIT + 1)
    except OSError:
        return ""
    text = data[:OUTPUT_LIMIT].decode("utf-8", "replace")
    return text + f"\n[output cut after {OUTPUT_LIMIT // 1024} KiB]\n" if len(data) > OUTPUT_LIMIT else text
