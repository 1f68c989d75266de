"""Run the code cells of a notebook as one module, each with a file name of its own.

That name says which cell it is, so tracebacks, warnings and the stacks of crashes do; and as each cell is compiled by
itself, what ``from __future__`` asks for holds in the cells after it, as in Jupyter.
"""

from __future__ import annotations

import linecache
import os
import sys
from types import ModuleType

from gradaudit.notebooks import cell_name, code_cells

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
    flags = 0
    try:
        for cell in cells:
            flags |= _run(cell.source, cell_name(path, cell.number), module, flags)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _run(source: str, name: str, module: ModuleType, flags: int) -> int:
    """Run one cell, and return what it asks of the future."""
    # No time of change: the cache is told not to look for a file of that name.
    linecache.cache[name] = len(source), None, (source + "\n").splitlines(keepends=True), name
    code = compile(source, name, "exec", flags=flags, dont_inherit=True)
    exec(code, vars(module))  # noqa: S102 - running the audited code is what a worker is for
    return int(code.co_flags & _FUTURE)
