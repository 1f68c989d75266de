"""``gradaudit`` and ``python -m gradaudit``.

A command without options needs no option parser: importing typer takes as long as finding out that there is nothing to
do. So ``scan`` and ``list`` with paths alone, and ``--version``, go straight to work.
"""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """The program.

    Nothing is searched for garbage, on the way or at the end: what is imported and read stays, and to search it takes a
    tenth of a run without audits.
    """
    gc.disable()
    try:
        run()
    finally:
        gc.freeze()


def run() -> None:
    """Do what the words on the command line say, and exit with its status."""
    words = sys.argv[1:]
    if words in (["--version"], ["-V"]):
        from gradaudit import __version__

        print(f"gradaudit {__version__}")  # noqa: T201 - the answer
        return
    if words and words[0] in {"scan", "list"} and not any(word.startswith("-") for word in words):
        from gradaudit.commands import run_command

        sys.exit(run_command(words[0], words[1:], None, {}))
    from gradaudit import cli

    cli.main()


if __name__ == "__main__":
    main()
