"""Our own folder, those above a folder, and the git work tree that one lies in; found without starting git."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

OURS = os.path.dirname(os.path.abspath(__file__))
"""Where gradaudit itself lies: it is lent from there, and its frames are told from the audited code's by it."""


def folders_above(start: str) -> Iterator[str]:
    """A folder, the one above it, and so on up to the file system's root."""
    folder = os.path.abspath(start)
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def git_top_level(start: str) -> str | None:
    """The folder of the git work tree that `start` lies in; a worktree's or a submodule's ``.git`` is a file."""
    return next((folder for folder in folders_above(start) if os.path.exists(os.path.join(folder, ".git"))), None)


def folder_in_repository(folder: str) -> str:
    """Where a folder is in its git work tree, with forward slashes and one at the end; empty at the top level.

    It is empty for a folder that lies in no work tree, too.
    """
    top = git_top_level(folder)
    inside = os.path.relpath(folder, top) if top else os.curdir
    return "" if inside == os.curdir else inside.replace(os.sep, "/") + "/"
