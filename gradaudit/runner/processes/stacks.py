"""The stacks that `faulthandler` writes when an audit crashes or hangs, cut down to the audited code's own frames."""

from __future__ import annotations

import os
import re

from gradaudit.folders import OURS

# Python 3.13 writes frames of C code among them, without a number.
_FRAME = re.compile(r'^ +File "(?P<file>[^"]*)", line (?:\d+|[?]+) in ')
_THREAD = re.compile(r"^(?:Current thread|Thread) 0x[0-9a-f]+")
_NOISE = re.compile(r"^(?:Extension modules: |Timeout \(\d+:\d\d:)")
_OURS = OURS + os.sep


def without_our_frames(text: str) -> str:
    r"""Drop gradaudit's frames, what called them, and threads that ran nothing else.

    >>> ours = _OURS + "pipeline.py"
    >>> stack = f'''Thread 0x00007f (most recent call first):
    ...   File "layers.py", line 3 in backward
    ...   File "__init__", line ??? in __init__
    ...   File "{ours}", line 83 in call
    ... '''
    >>> print(without_our_frames("printed\n" + stack))
    printed
    Thread 0x00007f (most recent call first):
      File "layers.py", line 3 in backward
    <BLANKLINE>
    """
    kept: list[str] = []
    thread: list[str] | None = None  # the lines of the stack that is being read, its heading first
    below = False
    for line in text.splitlines():
        if _NOISE.match(line):
            continue
        if _THREAD.match(line):
            kept += _worth(thread)
            thread, below = [line], False
        elif thread is not None and (frame := _FRAME.match(line)):
            # The most recent call comes first.
            below = below or frame["file"].startswith(_OURS) or frame["file"] == "__init__"
            if not below:
                thread.append(line)
        elif thread is None or line:
            kept += _worth(thread)
            thread = None
            kept.append(line)
    kept += _worth(thread)
    return "\n".join(kept) + ("\n" if kept else "")


def _worth(thread: list[str] | None) -> list[str]:
    """A stack, unless it is that of a thread of ours alone: those of the pool wait in the standard library."""
    if thread is None or len(thread) == 1:
        return []
    frames = [match["file"] for line in thread[1:] if (match := _FRAME.match(line))]
    waits = all(os.path.basename(file) in {"threading.py", "selectors.py", "connection.py"} for file in frames)
    return [] if waits else thread
