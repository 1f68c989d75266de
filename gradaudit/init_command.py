"""What ``gradaudit init`` does: write what a repository needs for its first scan, and ask before it changes a file."""

from __future__ import annotations

import sys

from gradaudit.errors import UsageError
from gradaudit.streams import print_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradaudit.beginning import Beginning
    from gradaudit.beginning.changes import Change

FILE = "audits/gradients.py"


def initialise(start: str, config: str | None, options: Mapping[str, object]) -> int:
    """Write the beginning, and return the exit status.

    Args:
        start: The working directory.
        config: ``--config``.
        options: ``file``, ``diff`` and ``yes``.

    Raises:
        UsageError: A file can't be read or written, or there is nobody to ask.
    """
    from gradaudit import configuration, pipeline

    beginning = pipeline.begin(configuration.load(start, config, {}), start, str(options.get("file") or FILE))
    if options.get("diff"):
        print_out("".join(change.diff() for change in beginning.changes) or "nothing to write\n")
        return 0
    asks = None if options.get("yes") else _asked
    lines = [f"wrote {change.shown}{f': {change.what}' if change.what else ''}" for change in _written(beginning, asks)]
    print_out("\n".join([*lines, *beginning.remarks, _next(beginning, lines)]) + "\n")
    return 0


def _written(beginning: Beginning, asks: Callable[[Change], bool] | None) -> list[Change]:
    """Write the files, but for those that are there and not to be changed."""
    from gradaudit.writing import write_whole

    there = [change for change in beginning.changes if change.before is not None]
    if there and asks is not None and not sys.stdin.isatty():
        names = " and ".join(change.shown for change in there)
        raise UsageError(
            f"{names} would be added to, and there is no terminal to ask on; nothing is written:"
            " --diff shows what would be, --yes writes it"
        )
    written = [change for change in beginning.changes if change.before is None or asks is None or asks(change)]
    for change in written:
        write_whole(change.path, change.after, "init")
    return written


def _asked(change: Change) -> bool:
    try:
        answer = input(f"add to {change.shown}? [y/N] ")
    except EOFError:
        return False
    return answer.strip().lower() in {"y", "yes"}


def _next(beginning: Beginning, lines: list[str]) -> str:
    if not lines:
        return "nothing is written"
    if not beginning.file:
        return "next: mark a backward pass with @audited_backward, then gradaudit scan"
    if beginning.missing:
        return f'next: fill in the lines marked "# FILL IN" in {beginning.file}, then gradaudit scan'
    return "next: gradaudit scan"
