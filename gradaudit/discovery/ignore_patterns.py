"""Which files are left out: the default excludes, the configured ones, and .gitignore where git is not there."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from gradaudit.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# Folders of other people's code, of tools, and of copies.
EXCLUDED_FOLDERS = frozenset({
    ".bzr", ".direnv", ".eggs", ".git", ".hg", ".ipynb_checkpoints", ".mypy_cache", ".nox", ".pyenv", ".pytest_cache",
    ".pytype", ".ruff_cache", ".svn", ".tox", ".venv", ".vscode", "__pycache__", "__pypackages__", "_build",
    "buck-out", "node_modules", "site-packages", "venv",
})  # fmt: skip
# What packaging leaves behind, unless it is a package that happens to be called so.
EXCLUDED_UNLESS_PACKAGE = frozenset({"build", "dist"})


def is_excluded_folder(parent: str, name: str) -> bool:
    """Whether the default excludes leave out the folder `name` of the folder `parent`."""
    if name in EXCLUDED_FOLDERS:
        return True
    return name in EXCLUDED_UNLESS_PACKAGE and not os.path.exists(os.path.join(parent, name, "__init__.py"))


class Excludes:
    """The configured patterns, written as in .gitignore and relative to the root.

    >>> excludes = Excludes(["generated_*.py", "/examples/libraries", "!generated_by_hand.py"])
    >>> excludes.match("src/generated_ops.py"), excludes.match("src/generated_by_hand.py")
    (True, False)
    >>> excludes.match("examples/libraries/scipy.py")
    True
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._rules = [_rule(pattern) for pattern in patterns]

    def __bool__(self) -> bool:
        return bool(self._rules)

    def match(self, path: str) -> bool:
        """Whether a file is left out.

        Args:
            path: Relative to the root, with forward slashes.
        """
        excluded = False
        for expression, excludes in self._rules:
            if expression.match(path):
                excluded = excludes
        return excluded


def _rule(pattern: str) -> tuple[re.Pattern[str], bool]:
    """A pattern of gitignore(5) as a regular expression, and whether it excludes or, with ``!``, takes back."""
    body = pattern.removeprefix("!").removeprefix("./")
    folders_only = body.endswith("/")
    body = body.rstrip("/")
    anchored = "/" in body  # else it is a name at any depth
    parts = body.lstrip("/").split("/")
    expression = "" if anchored else "(?:.*/)?"
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == "**":
            expression += ".*" if last else "(?:.*/)?"
        else:
            expression += _segment(part) + ("" if last else "/")
    try:
        return re.compile(expression + ("/.*" if folders_only else r"(?:/.*)?") + r"\Z", re.DOTALL), pattern[:1] != "!"
    except re.error:
        raise UsageError(f"exclude: {pattern!r} is no pattern as in .gitignore") from None


def _segment(part: str) -> str:
    """One name's wildcards: ``*``, ``?``, ``[a-z]``, ``[!a-z]`` and a backslash before a literal."""
    pieces = re.findall(r"\\.|\*+|\?|\[[!^]?\]?[^\]]*\]|.", part)
    return "".join(map(_piece, pieces))


def _piece(piece: str) -> str:
    if piece[0] == "*":
        return "[^/]*"
    if piece == "?":
        return "[^/]"
    if piece[0] == "[" and len(piece) > 1:
        negated = piece[1] in "!^"
        return f"(?!/)[{'^' if negated else ''}{_set(piece[1 + negated : -1])}]"
    return re.escape(piece[1:] if len(piece) > 1 else piece)


def _set(members: str) -> str:
    return re.sub(r"([\[\]\\&~|^])", r"\\\1", members)


class GitIgnore(NamedTuple):
    """The .gitignore files that hold in a folder, the deepest last, each with its folder."""

    files: tuple[tuple[str, object], ...] = ()

    def below(self, folder: str) -> GitIgnore:
        """The same with the folder's own .gitignore, if it has one."""
        path = os.path.join(folder, ".gitignore")
        try:
            with open(path, encoding="utf-8", errors="surrogateescape") as file:
                lines = file.read().splitlines()
        except OSError:
            return self
        from pathspec import GitIgnoreSpec  # takes as long to import as an empty Python to start

        return GitIgnore((*self.files, (folder, GitIgnoreSpec.from_lines(lines))))

    def match(self, path: str, *, is_folder: bool) -> bool:
        """Whether git would ignore it; the deepest file that has a say decides.

        Args:
            path: Below the folders of all files, with the system's separators.
            is_folder: Patterns with a slash behind them mean folders alone.
        """
        for folder, spec in reversed(self.files):
            relative = os.path.relpath(path, folder).replace(os.sep, "/") + ("/" if is_folder else "")
            include = spec.check_file(relative).include  # type: ignore[attr-defined]
            if include is not None:
                return bool(include)
        return False
