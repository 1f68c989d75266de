"""Which files of a repository a file imports, directly or through others, as far as its source shows.

Nothing says which folders are on the import path. A dotted name means a file in a folder above the importing one (or in
such a folder's `src`) where there is one, else every file whose path ends in it: with a file too many an audit runs in
vain, with one too few it would be missed.
"""

from __future__ import annotations

import os
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

_SOURCES = ("src", "lib", "python")
"""Folders that projects keep their packages in."""


class Name(NamedTuple):
    """What an import names.

    Attributes:
        parts: The dotted name's.
        level: How many dots stand before it.
    """

    parts: tuple[str, ...]
    level: int = 0


class ImportGraph:
    """The files of a repository, by the dotted names under which they may be imported."""

    def __init__(self, files: Iterable[str], pythonpath: Iterable[str] = ()) -> None:
        """Index them.

        Args:
            files: Absolute paths of all that may be imported, of whatever language: an extension module counts by its
                source. Those that are gone are among them, if who imported them is to be told.
            pythonpath: Folders that are on the import path for certain.
        """
        self._by_last: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for file in files:
            parts = _parts(file)
            if parts:
                self._by_last.setdefault(parts[-1], []).append((parts, file))
        self._pythonpath = tuple(pythonpath)

    def touched(self, starts: Iterable[str], changed: frozenset[str]) -> set[str]:
        """Those of some files that are among the changed ones, or import one of them through however many others."""
        importers: dict[str, set[str]] = {}
        wanted = list(dict.fromkeys(starts))
        seen = set(wanted)
        queue = list(wanted)
        while queue:
            file = queue.pop()
            for imported in self._imports(file):
                importers.setdefault(imported, set()).add(file)
                if imported not in seen:
                    seen.add(imported)
                    queue.append(imported)
        reached = set(changed)
        queue = list(changed)
        while queue:
            for importer in importers.get(queue.pop(), ()):
                if importer not in reached:
                    reached.add(importer)
                    queue.append(importer)
        return reached.intersection(wanted)

    def _imports(self, file: str) -> set[str]:
        folder = _folder_parts(os.path.dirname(file))
        found = set(self._packages(folder))
        for name in _imported_by(file):
            if name.level:
                start = folder[: len(folder) - name.level + 1]
                found.update(self._along(start, name.parts))
            else:
                found.update(self._absolute(folder, name.parts))
        return found - {file}

    def _packages(self, folder: tuple[str, ...]) -> Iterator[str]:
        """The ``__init__`` files of the packages that a folder is and lies in: importing a module of it runs them."""
        while packages := [file for path, file in self._by_last.get(folder[-1], ()) if path == folder]:
            yield from packages
            folder = folder[:-1] or ("",)

    def _absolute(self, folder: tuple[str, ...], parts: tuple[str, ...]) -> list[str]:
        """What ``import a.b.c`` runs: a, a/b and a/b/c, in the folders that may be on the import path."""
        above = [folder[:depth] for depth in range(len(folder), 0, -1)]
        places = [
            *map(_folder_parts, self._pythonpath),
            *above,
            *((*place, name) for place in above for name in _SOURCES),
        ]
        found = [file for place in places for file in self._along(place, parts)]
        if found:
            return found
        first = [path[: len(path) - 1] for path, _ in self._by_last.get(parts[0], ())]
        return [file for place in first for file in self._along(place, parts)] or self._ending_in(parts)

    def _along(self, place: tuple[str, ...], parts: tuple[str, ...]) -> list[str]:
        """The files that importing a dotted name from a folder runs, or that may make up what is named."""
        found: list[str] = []
        for end in range(len(parts) + 1):
            wanted = place + parts[:end]
            found += [file for path, file in self._by_last.get(wanted[-1] if wanted else "", ()) if path == wanted]
        inside = place + parts[:1]
        return found if any(_parts(file)[: len(inside)] == inside for file in found) else []

    def _ending_in(self, parts: tuple[str, ...]) -> list[str]:
        """Of a namespace package, which has no file of its own, the modules whose paths end in the name."""
        for end in range(len(parts), 1, -1):
            tail = parts[:end]
            found = [file for path, file in self._by_last.get(tail[-1], ()) if path[-end:] == tail]
            if found:
                return found
        return []


def _parts(file: str) -> tuple[str, ...]:
    """The folders of a file and its name without suffixes; of a package's ``__init__`` the folders alone."""
    *folders, name = file.replace(os.sep, "/").split("/")
    stem = name.partition(".")[0]  # also of `kernels.cpython-312-x86_64-linux-gnu.so`
    return tuple(folders) if stem == "__init__" else (*folders, stem)


def _folder_parts(folder: str) -> tuple[str, ...]:
    return tuple(folder.replace(os.sep, "/").split("/"))


def _imported_by(file: str) -> Iterator[Name]:
    """What a file imports anywhere in it, under a condition and inside functions too; nothing of one not in Python."""
    import ast
    import warnings

    from gradaudit.notebooks import is_notebook

    if not is_notebook(file) and not file.endswith((".py", ".pyi", ".pyw")):
        return
    pieces = _pieces(file)
    for piece in pieces:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                tree = ast.parse(piece)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue  # discovery says so where it matters
        for node in ast.walk(tree):
            yield from _named(node)


def _pieces(file: str) -> list[bytes | str]:
    from gradaudit.notebooks import NotebookError, OtherLanguageError, code_cells, is_notebook

    try:
        with open(file, "rb") as stream:
            source = stream.read()
    except OSError:
        return []
    if not is_notebook(file):
        return [source]
    try:
        return [cell.source for cell in code_cells(source)]
    except (NotebookError, OtherLanguageError):
        return []


def _named(node: ast.AST) -> Iterator[Name]:
    import ast

    match node:
        case ast.Import(names=names):
            for alias in names:
                yield Name(tuple(alias.name.split(".")))
        case ast.ImportFrom(module=module, names=names, level=level):
            start = tuple(module.split(".")) if module else ()
            for alias in names:
                yield Name(start if alias.name == "*" else (*start, alias.name), level)
        case ast.Call(func=ast.Name(id="import_module") | ast.Attribute(attr="import_module"), args=[first, *_]):
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.strip("."):
                name = first.value.lstrip(".")
                yield Name(tuple(name.split(".")), len(first.value) - len(name))
