"""How a file of the repository is imported from an audit file: by its package, or by its stem."""

from __future__ import annotations

import os
import posixpath
import sys
from dataclasses import dataclass, field

_LAST_RESORTS = ("", "src")
"""Folders that a scan has on the import path whatever is configured."""


@dataclass(frozen=True)
class ImportPath:
    """Where Python finds a file.

    Attributes:
        module: Its dotted name.
        folder: The folder that has to be on the import path, relative to the root; empty for the root.
    """

    module: str
    folder: str

    @property
    def needs_configuration(self) -> bool:
        """Whether a scan has to be told of the folder."""
        return self.folder not in _LAST_RESORTS


def import_path(root: str, file: str) -> ImportPath | None:
    """The import path of a file; None where no name leads to it.

    Args:
        root: The repository, absolute.
        file: The file, relative to it, with forward slashes.
    """
    folder, name = posixpath.split(file)
    stem, suffix = posixpath.splitext(name)
    parts = [] if stem == "__init__" else [stem]
    while folder and os.path.isfile(os.path.join(root, folder, "__init__.py")):
        folder, package = posixpath.split(folder)
        parts.insert(0, package)
    importable = suffix == ".py" and parts and all(part.isidentifier() for part in parts)
    if not importable or parts[0] in sys.stdlib_module_names:
        return None
    return ImportPath(".".join(parts), folder)


@dataclass
class Imports:
    """What an audit file imports.

    Attributes:
        names: For each module the names that are imported from it, and what they are called here.
        held: Those that are imported already.
        first_party: Modules that lie in the repository's root or ``src``.
        taken: Names that mean something in the file.
    """

    names: dict[str, dict[str, str]] = field(default_factory=dict)
    held: dict[str, dict[str, str]] = field(default_factory=dict)
    first_party: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)

    def add(self, module: str, name: str, *, first_party: bool = False) -> str:
        """Import a name from a module; what it is called here.

        Args:
            module: The dotted name.
            name: What it defines.
            first_party: Whether it lies where tools look for the project's own modules.
        """
        if name in self.held.get(module, {}):
            return self.held[module][name]
        known = self.names.setdefault(module, {})
        if first_party:
            self.first_party.add(module)
        if name not in known:
            called = name if name not in self.taken else f"{module.replace('.', '_')}_{name}"
            self.taken.add(called)
            known[name] = called
        return known[name]

    def hold(self, module: str, names: dict[str, str]) -> None:
        """Take note of names that are imported already."""
        self.held.setdefault(module, {}).update(names)
        self.taken |= set(names.values())

    def text(self, width: int) -> str:
        """The statements, sorted as isort and ruff sort them: the project's own after others'."""
        groups = [[name for name in self.names if (name in self.first_party) is own] for own in (False, True)]
        blocks = ["\n".join(self._statement(module, width) for module in sorted(group)) for group in groups if group]
        return "\n\n".join(blocks)

    def _statement(self, module: str, width: int) -> str:
        names = sorted(self.names[module].items(), key=lambda pair: _order(pair[0]))
        plain = [name for name, called in names if called == name]
        statements = [(name, f"{name} as {called}") for name, called in names if called != name]
        lines = [(_order(name), _from(module, [text], width)) for name, text in statements]
        if plain:
            lines.append((_order(plain[0]), _from(module, plain, width)))
        return "\n".join(text for _, text in sorted(lines))


def _from(module: str, names: list[str], width: int) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= width:
        return line
    return "\n".join([f"from {module} import (", *(f"    {name}," for name in names), ")"])


def _order(name: str) -> tuple[int, str, str]:
    """Constants first, then classes, then functions."""
    is_constant = name.isupper() and len(name) > 1
    return 0 if is_constant else 1 if name[:1].isupper() else 2, name.lower(), name
