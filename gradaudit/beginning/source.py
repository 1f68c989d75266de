"""The file that a backward pass is in: how it is imported, and what of it exists once it is."""

from __future__ import annotations

import ast
import os
from dataclasses import dataclass

from gradaudit.beginning.import_paths import ImportPath, import_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradaudit.inspection.hand_written import HandWritten


@dataclass(frozen=True)
class Source:
    """A file.

    Attributes:
        file: Relative to the root, with forward slashes.
        path: How it is imported; None where it can't be.
        names: What it defines when it is imported.
    """

    file: str
    path: ImportPath | None
    names: frozenset[str]

    def obstacle(self, each: HandWritten, name: str) -> str:
        """Why a name of it can't be imported, in words; empty if it can."""
        if each.cell is not None:
            return "is in a notebook: audit it in the notebook itself"
        if self.path is None:
            return f"is in {self.file}, which no import statement reaches"
        outer = name.partition(".")[0]
        if outer not in self.names and outer in each.module.names:
            return "is imported there: audit it from where it is defined"
        if outer not in self.names:
            return "is defined inside of a function, or only when its file is run as a program"
        parts = [name.rpartition(".")[0], *([each.backward.outer] if each.backward is not None else [])]
        if any(part in each.module.functions for part in parts):
            return "is defined inside of a function"
        return ""


def source_of(root: str, file: str) -> Source:
    """Read a file of the repository.

    Args:
        root: The repository, absolute.
        file: Relative to it, with forward slashes.
    """
    try:
        with open(os.path.join(root, file), "rb") as stream:
            tree = ast.parse(stream.read())
    except (OSError, SyntaxError, ValueError):  # a notebook, or gone since it was inspected
        return Source(file, None, frozenset())
    return Source(file, import_path(root, file), frozenset(_names(tree.body)))


def _names(body: Iterable[ast.stmt]) -> set[str]:
    found: set[str] = set()
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(statement.name)
        elif not _is_main_guard(statement):
            stored = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
            found |= {node.id for node in stored if isinstance(node.ctx, ast.Store)}
            found |= _names(part for part in ast.iter_child_nodes(statement) if isinstance(part, ast.stmt))
    return found


def _is_main_guard(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.If)
        and isinstance(statement.test, ast.Compare)
        and isinstance(statement.test.left, ast.Name)
        and statement.test.left.id == "__name__"
    )
