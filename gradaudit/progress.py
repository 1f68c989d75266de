"""How far a run has come: one line on standard error, only where a person watches."""

from __future__ import annotations

import contextlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

_CLEAR = "\r\x1b[2K"
_WIDTH = 79


@contextlib.contextmanager
def progress_on(stream: TextIO | None) -> Iterator[Callable[[int, int, str], None] | None]:
    """A function that is told how many of how many audits are done and which was the last; None without a terminal."""
    if stream is None or not stream.isatty():
        yield None
        return

    def show(done: int, planned: int, audit: str) -> None:
        name = "".join(letter if letter.isprintable() else "?" for letter in audit)
        stream.write(_CLEAR + f"{done}/{planned} {name}"[:_WIDTH])
        stream.flush()

    try:
        yield show
    finally:
        stream.write(_CLEAR)
        stream.flush()
