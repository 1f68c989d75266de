"""``gradaudit`` and ``python -m gradaudit``.

A command without options needs no option parser: importing typer takes as long as finding out that there is nothing to
do. So ``scan`` and ``list`` with paths alone, and ``--version``, go straight to work.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its status."""
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
