"""What would be written to one file."""

from __future__ import annotations

import os
from dataclasses import dataclass

from gradaudit.errors import UsageError


@dataclass(frozen=True)
class Change:
    """A file as it would be.

    Attributes:
        path: Absolute.
        shown: Relative to the root.
        after: All of its text.
        before: What it holds now; None where there is no such file.
        what: What is in it, in words.
    """

    path: str
    shown: str
    after: str
    before: str | None = None
    what: str = ""

    def diff(self) -> str:
        """What changes, as ``diff -u`` shows it."""
        from difflib import unified_diff

        old, new = (self.before or "").splitlines(keepends=True), self.after.splitlines(keepends=True)
        source = "/dev/null" if self.before is None else f"a/{self.shown}"
        return "".join(unified_diff(old, new, source, f"b/{self.shown}"))


def text_of(path: str) -> str | None:
    """The text of a file with its line ends as they are; None where there is none.

    Raises:
        UsageError: It can't be read.
    """
    try:
        with open(path, encoding="utf-8", newline="") as stream:
            return stream.read()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise UsageError(f"{path} can't be read: {why}; correct it, or move it away") from None


def added(before: str, text: str, at: int | None = None) -> str:
    """A text with another one put in, in the line ends that it has.

    Args:
        before: The text.
        text: What is added: whole lines.
        at: The index of the line that it goes in front of; at the end by default.
    """
    end = "\r\n" if "\r\n" in before else "\n"
    lines = before.splitlines(keepends=True)
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += end
    place = len(lines) if at is None else at
    return "".join([*lines[:place], *(line + end for line in text.splitlines()), *lines[place:]])


def change(root: str, shown: str, after: str, what: str = "") -> Change:
    """A file that is not there yet."""
    return Change(os.path.join(root, shown), shown, after, None, what)
