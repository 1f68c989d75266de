"""The entry in .pre-commit-config.yaml, added as text: comments and layout of what is there stay."""

from __future__ import annotations

import os
import re

from gradaudit.beginning.changes import Change, added, change, text_of

_FILE = ".pre-commit-config.yaml"
_ENTRY = """\
- repo: https://github.com/gradaudit/gradaudit
  rev: v{version}
  hooks:
    # Reads source only.
    - id: gradaudit-list
    # Runs the audits, so gradaudit has to be installed in the project's own environment.
    - id: gradaudit
"""


def hook(root: str, version: str) -> Change | str | None:
    """What adds the hooks; None where they are there, and in words why they can't be added.

    Args:
        root: The repository, absolute.
        version: Of gradaudit.

    Raises:
        UsageError: The file is there and can't be read.
    """
    path = os.path.join(root, _FILE)
    before = text_of(path)
    if before is None:
        return change(root, _FILE, f"repos:\n{_indented('  ', version)}")
    if "gradaudit" in before:
        return None
    lines = before.splitlines()
    start = next((place for place, line in enumerate(lines) if re.match(r"repos:\s*(#.*)?$", line)), None)
    if start is None:
        return f"{_FILE} has no list of repos as lines of their own; add the hooks by hand, as the README shows them"
    return Change(
        path, _FILE, added(before, _indented(_indent(lines, start), version), _end(lines, start)), before, "the hooks"
    )


def _indented(indent: str, version: str) -> str:
    return "".join(f"{indent}{line}\n" for line in _ENTRY.format(version=version).splitlines())


def _indent(lines: list[str], start: int) -> str:
    """How far the entries of the list are indented."""
    first = next((line for line in lines[start + 1 :] if line.lstrip().startswith("- ")), "  - ")
    return first[: len(first) - len(first.lstrip())]


def _end(lines: list[str], start: int) -> int:
    """The line behind the last one of the list: the next key of the file, or its end, but for what precedes that."""
    end = start + 1
    for place in range(start + 1, len(lines)):
        line = lines[place]
        if re.match(r"[A-Za-z_'\"]|---|\.\.\.", line):
            break
        if line.strip() and not line.startswith("#"):
            end = place + 1
    return end
