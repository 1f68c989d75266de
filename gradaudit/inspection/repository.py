"""All files that were read, as one: what a name of one of them stands for in another."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.inspection.module import Class, Module

_HOPS = 6
"""How often a name is followed from one file to the next: a package's ``__init__`` hands on what its modules define."""


@dataclass(frozen=True)
class Named:
    """A definition: the module that it is in, and its qualified name there."""

    module: Module
    qualname: str


class Repository:
    """The modules of a run, by the dotted names under which they may be imported."""

    def __init__(self, modules: Sequence[Module]) -> None:
        """Index them: by every suffix of their path, since nothing says which folders are on the import path."""
        self.modules = modules
        self._by_last: dict[str, list[tuple[list[str], Module]]] = {}
        for module in modules:
            parts = _parts(module.file)
            if parts:
                self._by_last.setdefault(parts[-1], []).append((parts, module))

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
        path = module.path(name)
        if hops == 0 or path == name:
            return None
        parts = _absolute(path, module.file)
        for end in range(len(parts) - 1, 0, -1):
            for candidate in self._named(parts[:end], relative=path.startswith(".")):
                found = self.find(candidate, ".".join(parts[end:]), hops - 1)
                if found is not None:
                    return found
        return None

    def _named(self, parts: list[str], *, relative: bool) -> list[Module]:
        """The modules that ``import a.b.c`` may mean: those whose path ends in a/b/c."""
        found = []
        for path, module in self._by_last.get(parts[-1], ()):
            if path == parts if relative else path[-len(parts) :] == parts:
                found.append(module)
        return found

    def bases(self, module: Module, owner: Class, hops: int = _HOPS) -> list[str]:
        """The import paths of all bases of a class, those of its bases in these files included."""
        found = []
        for base in owner.bases:
            found.append(module.path(base))
            local = self.find(module, base) if hops else None
            if local is not None and local.qualname in local.module.classes:
                found += self.bases(local.module, local.module.classes[local.qualname], hops - 1)
        return found


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
