"""Which files are left out: the default excludes, the configured ones, and .gitignore where git is not there."""

from __future__ import annotations

import os
from typing import NamedTuple

from gradaudit.errors import UsageError
from gradaudit.file_patterns import compile_pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
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
    try:
        return compile_pattern(pattern.removeprefix("!")), pattern[:1] != "!"
    except ValueError:
        raise UsageError(f"exclude: {pattern!r} is no pattern as in .gitignore") from None


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
