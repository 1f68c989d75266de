"""The configuration: a table in pyproject.toml, or a file of its own."""

from __future__ import annotations

import json
import os

from gradaudit.beginning.changes import Change, added, change, text_of
from gradaudit.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_TABLE = "[tool.gradaudit]"


def configuration(root: str, pythonpath: Sequence[str]) -> Change:
    """What configures a repository that has no configuration yet.

    Args:
        root: The repository, absolute.
        pythonpath: Folders that the audits import from.

    Raises:
        UsageError: Its pyproject.toml can't be read, or not be added to.
    """
    path = os.path.join(root, "pyproject.toml")
    before = text_of(path)
    if before is None:
        return change(root, "gradaudit.toml", _keys(pythonpath))
    gap = "\n" if before.strip() else ""
    after = added(before, f"{gap}{_TABLE}\n{_keys(pythonpath)}")
    _see_that_nothing_else_changed(path, before, after)
    return Change(path, "pyproject.toml", after, before, _TABLE)


def _keys(pythonpath: Sequence[str]) -> str:
    lines = ["# Files to leave out, as in .gitignore. All keys: gradaudit scan --show-settings", "exclude = []"]
    if pythonpath:
        lines += ["# Folders that the audits import from.", f"pythonpath = {json.dumps(list(pythonpath))}"]
    return "\n".join(lines) + "\n"


def _see_that_nothing_else_changed(path: str, before: str, after: str) -> None:
    """A table can't be appended where ``tool`` is written in one line."""
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]
    try:
        old, new = tomllib.loads(before), tomllib.loads(after)
        del new["tool"]["gradaudit"]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: {_TABLE} can't be appended: {error}; write a gradaudit.toml instead") from None
    if old.get("tool", {}) != new.pop("tool") or {**old, "tool": None} != {**new, "tool": None}:
        raise UsageError(f"{path}: {_TABLE} can't be appended; write a gradaudit.toml instead")
