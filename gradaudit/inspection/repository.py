"""All files that were read, as one: what a name of one of them stands for in another."""

from __future__ import annotations

import ast
import contextlib
import posixpath
import warnings
from dataclasses import dataclass

from gradaudit.inspection.module import Module
from gradaudit.inspection.traversal import read_into

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gradaudit.inspection.module import Class

_HOPS = 6
"""How often a name is followed from one file to the next: a package's ``__init__`` hands on what its modules define."""


@dataclass(frozen=True)
class Named:
    """A definition: the module that it is in, and its qualified name there."""

    module: Module
    qualname: str


class Repository:
    """The modules of a run, by the dotted names under which they may be imported."""

    def __init__(self, modules: Sequence[Module], others: Iterable[str] = (), root: str = ".") -> None:
        """Index them: by every suffix of their path, since nothing says which folders are on the import path.

        Args:
            modules: The files that were read.
            others: Those that were not: they are when a name is imported through them.
            root: The folder that files are relative to.
        """
        self.modules = modules
        self._root = root
        self._by_last: dict[str, list[tuple[list[str], str]]] = {}
        self._read: dict[str, Module] = {module.file: module for module in modules}
        for file in (*self._read, *others):
            parts = _parts(file)
            if parts:
                self._by_last.setdefault(parts[-1], []).append((parts, file))

    def find(self, module: Module, name: str, hops: int = _HOPS) -> Named | None:
        """The definition that a dotted name of a module stands for; None where it is not in these files.

        Args:
            module: Where the name is used.
            name: The name, dotted.
            hops: How many more files it is followed through.
        """
        defined = _defined(module, name)
        if defined:
            return Named(module, defined)
        if hops == 0:
            return None
        for path in _paths(module, name):
            found = self._imported(path, module, hops - 1)
            if found is not None:
                return found
        return None

    def _imported(self, path: str, module: Module, hops: int) -> Named | None:
        """What an import path stands for: some beginning of it is a module, the rest is defined there."""
        parts = _absolute(path, module.file)
        for end in range(len(parts) - 1, 0, -1):
            for candidate in self._named(parts[:end], relative=path.startswith(".")):
                found = self.find(candidate, ".".join(parts[end:]), hops)
                if found is not None:
                    return found
        return None

    def _named(self, parts: list[str], *, relative: bool) -> Iterator[Module]:
        """The modules that ``import a.b.c`` may mean: those whose path ends in a/b/c."""
        for path, file in self._by_last.get(parts[-1], ()):
            if path == parts if relative else path[-len(parts) :] == parts:
                yield self._module(file)

    def _module(self, file: str) -> Module:
        """A file, read when it is asked for; an empty module where that fails, which the search has reported."""
        if file not in self._read:
            self._read[file] = Module(file)
            with contextlib.suppress(OSError, SyntaxError, ValueError, RecursionError, MemoryError):
                read_into(self._read[file], _parsed(posixpath.join(self._root, file)))
        return self._read[file]

    def bases(self, module: Module, owner: Class, hops: int = _HOPS) -> Iterator[str]:
        """The import paths of all bases of a class, those of its bases in these files included."""
        for base in owner.bases:
            yield module.path(base)
            local = self.find(module, base) if hops else None
            if local is not None and local.qualname in local.module.classes:
                yield from self.bases(local.module, local.module.classes[local.qualname], hops - 1)


def _parsed(path: str) -> ast.Module:
    with open(path, "rb") as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape sequence in it is not our business
        return ast.parse(stream.read())


def _paths(module: Module, name: str) -> list[str]:
    """The import paths that a name may stand for: one where it is imported, else one for each ``import *``."""
    if name.partition(".")[0] in module.names:
        return [module.path(name)]
    return [f"{star}{name}" for star in module.stars]


def _parts(file: str) -> list[str]:
    """The folders of a file and its name, without the suffix; of a package the folders alone."""
    parts = posixpath.splitext(file)[0].split("/")
    return parts[:-1] if parts[-1] == "__init__" else parts


def _absolute(path: str, file: str) -> list[str]:
    """An import path as folders; a relative one from the file's own."""
    dots = len(path) - len(path.lstrip("."))
    rest = [part for part in path[dots:].split(".") if part]
    if not dots:
        return rest
    folders = file.split("/")[:-1]
    return folders[: len(folders) - dots + 1] + rest


def _defined(module: Module, name: str) -> str:
    """The longest beginning of a dotted name that the module defines: ``Layer`` of ``Layer.apply``."""
    while name:
        if name in module.functions or name in module.classes:
            return name
        name = name.rpartition(".")[0]
    return ""
