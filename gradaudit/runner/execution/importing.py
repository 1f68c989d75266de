"""Import an audited file as pytest does: as a member of its package, with the package's parent on ``sys.path``.

A notebook is run as Jupyter does: in its own folder, which is on ``sys.path`` too.

A worker runs audits of many files, and two of them may be called the same. So it keeps the modules of one import root
at a time: when the root changes, what was imported from the old one is forgotten.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from gradaudit.notebooks import is_notebook

if TYPE_CHECKING:
    from collections.abc import Sequence


class Location(NamedTuple):
    """Where a file stands in Python's eyes.

    Attributes:
        path: The file, absolute.
        root: The folder that holds its top-level package, or the file itself when it is in none.
        module: Its dotted name.
    """

    path: str
    root: str
    module: str


def locate(path: str) -> Location:
    """The import root and module name of a file: up as long as there is an ``__init__.py``.

    >>> locate("/somewhere/layers.py").module
    'layers'
    """
    path = os.path.realpath(path)
    folder, file = os.path.split(path)
    stem = os.path.splitext(file)[0]
    parts = [] if stem == "__init__" else [stem]
    while os.path.isfile(os.path.join(folder, "__init__.py")) and os.path.basename(folder).isidentifier():
        folder, package = os.path.split(folder)
        parts.insert(0, package)
    return Location(path, folder, ".".join(parts) or stem)


@dataclass(eq=False)
class Importer:
    """Imports audited files in one worker process.

    Attributes:
        project: The root that paths are relative to.
        pythonpath: Folders to put in front of ``sys.path``, absolute.
    """

    project: str
    pythonpath: Sequence[str]
    _root: str = ""
    _modules: dict[str, ModuleType] = field(default_factory=dict)

    def load(self, file: str) -> ModuleType:
        """The module of a file, imported once for all audits of its import root.

        Raises:
            BaseException: Whatever the file raises.
        """
        location = locate(os.path.join(self.project, file))
        if location.root != self._root:
            self._forget()
            self._root = location.root
        self._extend_path(location)
        if is_notebook(location.path):
            os.chdir(os.path.dirname(location.path))
        if location.path not in self._modules:
            importlib.invalidate_caches()  # the file may be younger than the listing of its folder
            self._modules[location.path] = _import(location)
        return self._modules[location.path]

    def _extend_path(self, location: Location) -> None:
        """The import root and ``pythonpath`` win; the project and its ``src`` are a last resort and shadow nothing."""
        own = [os.path.dirname(location.path)] if is_notebook(location.path) else []
        first = [*own, location.root, *self.pythonpath]
        last = [self.project, os.path.join(self.project, "src")]
        rest = [entry for entry in sys.path if entry not in first]
        sys.path[:] = [*first, *rest, *(entry for entry in last if entry not in first and entry not in rest)]

    def _forget(self) -> None:
        self._modules.clear()
        if not self._root:
            return
        inside = self._root.rstrip(os.sep) + os.sep
        for name, module in list(sys.modules.items()):
            file = _file_of(module)
            if os.path.realpath(file).startswith(inside) and "site-packages" not in file and not _is_ours(name):
                del sys.modules[name]


def _file_of(module: object) -> str:
    """The file of what is in ``sys.modules``, where anything may be; empty if it has none."""
    file = _attribute(module, "__file__")
    return file if isinstance(file, str) else ""


def _attribute(module: object, name: str) -> Any:
    return vars(module).get(name) if isinstance(module, ModuleType) else None


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in {"gradaudit", "pebble", "__main__", "__mp_main__"}


def _import(location: Location) -> ModuleType:
    """By name when that leads to the file, else from the file under a name that nothing else has."""
    if is_notebook(location.path):
        from gradaudit.runner.execution.notebook_modules import run_notebook

        return run_notebook(location.path, "_gradaudit_notebook_" + location.module.replace(".", "_"))
    if _finds_itself(location):
        module = importlib.import_module(location.module)
        if os.path.realpath(_file_of(module)) == location.path:
            return module
    alias = "_gradaudit_" + location.module.replace(".", "_")
    spec = importlib.util.spec_from_file_location(alias, location.path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{location.path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[alias] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(alias, None)
        raise
    return module


def _finds_itself(location: Location) -> bool:
    """Whether the name is free or already this file's: ``random.py`` of a project is not the standard library's."""
    if "." in os.path.splitext(os.path.basename(location.path))[0]:
        return False  # a dot in the file's own name parts no packages
    top = location.module.partition(".")[0]
    loaded = sys.modules.get(top)
    if loaded is None:
        return top not in sys.builtin_module_names
    folders = _attribute(loaded, "__path__") or ()
    inside = location.root.rstrip(os.sep) + os.sep
    return any(os.path.realpath(file).startswith(inside) for file in (_file_of(loaded), *folders) if file)
