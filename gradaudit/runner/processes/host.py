"""The run stage, as a program of its own: started by any Python from 3.10 on, it reads a job and answers in JSON lines.

The interpreter may be the audited project's, which needs NumPy but neither gradaudit nor its dependencies. So nothing
is imported here before `lend` has said where our own packages lie, and nothing else of our environment becomes visible.
A program is compiled each time that it is started, by whatever version: what it does stands in `hosting`.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

OLDEST_PYTHON = (3, 10)


class Lender:
    """Finds single packages in folders that are not on ``sys.path``.

    A finder without the base class that the standard library has for them, whose module takes longer to import than
    all that is imported before a job is read.
    """

    def __init__(self, folders: dict[str, str]) -> None:
        self.folders = folders

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The specification of a lent package; its submodules are found through it."""
        del path, target
        folder = self.folders.get(fullname)
        if folder is None:
            return None
        file = os.path.join(folder, "__init__.py")
        return importlib.util.spec_from_file_location(fullname, file, submodule_search_locations=[folder])


def lend(folders: dict[str, str]) -> None:
    """Make gradaudit importable before anything else, and the rest where the interpreter has none of its own."""
    sys.meta_path.insert(0, Lender({"gradaudit": folders["gradaudit"]}))
    sys.meta_path.append(Lender(folders))


def main() -> None:
    """Run the job, unless this Python is too old for it."""
    if sys.version_info < OLDEST_PYTHON:
        _refuse(".".join(map(str, sys.version_info[:3])))
        return
    from gradaudit.runner.processes.hosting import serve

    serve(sys.argv[1])


def _refuse(version: str) -> None:
    import json

    from gradaudit.runner.processes.wire import MARK

    failure = {"case": -1, "failure": f"is Python {version}; audits need 3.10 or later"}
    os.write(1, MARK + json.dumps(failure).encode() + b"\n")


if __name__ in {"__main__", "__mp_main__"}:  # the latter in workers that are spawned rather than forked
    if sys.path and os.path.realpath(sys.path[0]) == os.path.dirname(os.path.realpath(__file__)):
        del sys.path[0]  # the names of this folder's files must not shadow anything of the project's
    lend({"gradaudit": sys.argv[2], "pebble": sys.argv[3]})
if __name__ == "__main__":
    main()
