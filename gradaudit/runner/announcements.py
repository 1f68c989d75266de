"""What a worker writes down before it runs an audit that has its name or number only when run.

A crash or a timeout ends the worker before it says anything; the host then still knows which of a target's audits it
was, and how many others there are.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass

from gradaudit import transport


@dataclass(frozen=True)
class Announcement:
    """One audit that is about to run.

    Attributes:
        id: Its id.
        declared: How many audits its target declared.
    """

    id: str
    declared: int


def announce(announcement: Announcement, output: str) -> None:
    """Write it beside the file that keeps what the audit prints."""
    with open(_beside(output), "w", encoding="utf-8") as stream:
        stream.write(transport.dumps(announcement))


def announced(output: str) -> Announcement | None:
    """What was written beside such a file; None where the worker died before."""
    with contextlib.suppress(OSError, ValueError, KeyError), open(_beside(output), encoding="utf-8") as stream:
        return transport.loads(Announcement, stream.read())
    return None


def _beside(output: str) -> str:
    return os.path.splitext(output)[0] + ".id"
