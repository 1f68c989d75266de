"""The pipes between the host of the workers and the parent, kept from all that audited code may do to them."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from gradaudit import transport
from gradaudit.runner.processes.wire import MARK

if TYPE_CHECKING:
    import queue
    from collections.abc import Iterator

    from gradaudit.runner.protocol import Message

_CHUNK = 1 << 16
_HOST = os.getpid()
_pipes = [0, 1]
_speaking = threading.Lock()


def take_pipes() -> None:
    """Keep the pipes from and to the parent to ourselves: descriptors 0 and 1 become those of any other process."""
    _pipes[:] = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)


def leave_pipes() -> None:
    """Close them in a worker that was forked: the audited code has no business with the parent."""
    if os.getpid() != _HOST:
        for pipe in _pipes:
            os.close(pipe)


def say(message: Message) -> None:
    """One line to the parent, past every buffer: the process may fork while another thread writes."""
    line = MARK + transport.dumps(message).encode() + b"\n"
    with _speaking:  # the pool calls back from several threads, and only short writes to a pipe are never mixed
        while line:
            line = line[os.write(_pipes[1], line) :]


def _heard() -> Iterator[bytes]:
    """The parent's lines. No file object: its lock would be held when the process forks."""
    begun: list[bytes] = []
    while data := os.read(_pipes[0], _CHUNK):
        first, *others = data.split(b"\n")
        begun.append(first)
        for line in others:
            yield b"".join(begun)
            begun = [line]


def end_with_parent(folder: str, events: queue.SimpleQueue[Any]) -> None:
    """End all processes of this group, and its files, when the parent is gone, whatever ended it.

    Args:
        folder: The files.
        events: Where the parent's lines go: the job, then a case each.
    """
    import shutil
    import signal

    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # audited code may send it to us; workers heed it

    def watch() -> None:
        for line in _heard():
            events.put(line)
        shutil.rmtree(folder, ignore_errors=True)
        if hasattr(os, "killpg"):
            os.killpg(os.getpgid(0), signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
