"""Run the code cells of a notebook as one module, each with a file name of its own.

That name says which cell it is, so tracebacks, warnings and the stacks of crashes do; and as each cell is compiled by
itself, what ``from __future__`` asks for holds in the cells after it, as in Jupyter.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from gradaudit.notebooks import cell_name, code_cells

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Coroutine

# The one feature that Python 3.10 and later do not have anyway. Here `annotations` is what this file has imported.
_FUTURE = annotations.compiler_flag


def run_notebook(path: str, name: str) -> ModuleType:
    """The module that the cells make, in ``sys.modules`` under `name`.

    Args:
        path: The notebook.
        name: The module's.

    Raises:
        BaseException: Whatever a cell raises; the module is forgotten then.
    """
    os.environ.setdefault("MPLBACKEND", "Agg")  # figures are shown to nobody: a window would keep the audit waiting
    with open(path, "rb") as file:
        cells = code_cells(file.read())
    module = ModuleType(name)
    module.__file__ = path
    # What every notebook finds there without an import; there is no IPython here.
    vars(module).update(display=print, get_ipython=lambda: None)
    sys.modules[name] = module
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    loop = _Loop()
    try:
        for cell in cells:
            flags |= _run(cell.source, cell_name(path, cell.number), module, flags, loop)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    finally:
        loop.close()
    return module


class _Loop:
    """The event loop of a notebook, which all its cells share; made by the first that awaits."""

    def __init__(self) -> None:
        self._runner: asyncio.AbstractEventLoop | None = None

    def run(self, coroutine: Coroutine[object, object, object]) -> None:
        """Run a cell that awaits."""
        import asyncio

        if self._runner is None:
            self._runner = asyncio.new_event_loop()
        self._runner.run_until_complete(coroutine)

    def close(self) -> None:
        """End what the cells have left running."""
        if self._runner is None:
            return
        import asyncio

        left = asyncio.all_tasks(self._runner)
        for task in left:
            task.cancel()
        self._runner.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._runner.close()


def _run(source: str, name: str, module: ModuleType, flags: int, loop: _Loop) -> int:
    """Run one cell, and return what it asks of the future."""
    # No time of change: the cache is told not to look for a file of that name.
    linecache.cache[name] = len(source), None, (source + "\n").splitlines(keepends=True), name
    code = compile(source, name, "exec", flags=flags, dont_inherit=True)
    if code.co_flags & inspect.CO_COROUTINE:
        loop.run(eval(code, vars(module)))  # noqa: S307 - running the audited code is what a worker is for
    else:
        exec(code, vars(module))  # noqa: S102 - as above
    return int(code.co_flags & _FUTURE)
