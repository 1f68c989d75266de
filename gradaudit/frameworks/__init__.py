"""The table of array frameworks. An adapter is imported only when an audit needs it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from gradaudit.errors import AuditError

if TYPE_CHECKING:
    from gradaudit.frameworks.interface import Framework

# Name -> module and class of the adapter.
FRAMEWORKS: dict[str, tuple[str, str]] = {
    "numpy": ("gradaudit.frameworks.numpy_arrays", "NumpyArrays"),
}


def framework(name: str) -> Framework:
    """The adapter of that name.

    Raises:
        AuditError: GA004, there is none.
    """
    if name not in FRAMEWORKS:
        known = ", ".join(repr(known) for known in FRAMEWORKS)
        raise AuditError("GA004", f"framework={name!r} is not supported", help=f"this version knows {known}")
    module, adapter = FRAMEWORKS[name]
    made: Framework = getattr(import_module(module), adapter)()
    return made
