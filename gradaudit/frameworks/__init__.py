"""The table of array frameworks. An adapter is imported only when an audit needs it."""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradaudit.errors import AuditError
from gradaudit.near_names import nearest

if TYPE_CHECKING:
    from gradaudit.frameworks.interface import Framework

# Name, which is that of the framework's top-level package -> module and class of the adapter.
FRAMEWORKS: dict[str, tuple[str, str]] = {
    "numpy": ("gradaudit.frameworks.numpy_arrays", "NumpyArrays"),
    "jax": ("gradaudit.frameworks.jax_arrays", "JaxArrays"),
    "torch": ("gradaudit.frameworks.torch_arrays", "TorchArrays"),
    "autograd": ("gradaudit.frameworks.autograd_arrays", "AutogradArrays"),
    "tensorflow": ("gradaudit.frameworks.tensorflow_arrays", "TensorflowArrays"),
    "mlx": ("gradaudit.frameworks.mlx_arrays", "MlxArrays"),
    "cupy": ("gradaudit.frameworks.array_api_arrays", "CupyArrays"),
    "array_api_strict": ("gradaudit.frameworks.array_api_arrays", "StrictArrays"),
}

ENTRY_POINTS = "gradaudit.frameworks"
"""The group of entry points by which installed packages bring adapters: ``name = "module:Class"``."""


def framework(name: str, device: str | None = None) -> Framework:
    """The adapter of that name: one of ours, else one that an installed package brings.

    Args:
        name: The framework's.
        device: Where its arrays are to be, if they can be elsewhere; None for where it puts them itself.

    Raises:
        AuditError: GA004, there is none, it can't be loaded, it is not installed, or it has no such device.
    """
    if name in FRAMEWORKS:
        module, adapter = FRAMEWORKS[name]
        try:
            loaded = getattr(import_module(module), adapter)
        except Exception as error:
            raise _not_importable(name, error) from error
        return _made(loaded, device)
    if name in brought():
        try:
            loaded = brought()[name].load()
        except Exception as error:
            message = f"the adapter for framework={name!r} can't be loaded: {type(error).__name__}: {error}"
            raise AuditError(
                "GA004", message, help=f"see to the package that brings {brought()[name].value}"
            ) from error
        return _made(loaded, device)
    raise AuditError("GA004", f"framework={name!r} is not known", help=nearest(name, [*FRAMEWORKS, *brought()]))


def _not_importable(name: str, error: Exception) -> AuditError:
    """A framework that this interpreter lacks, or that is there and can't be imported."""
    if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] == name:
        message = f"framework={name!r}: {name} is not installed in {sys.executable}"
        remedy = f"install {name} there, or name by --python an interpreter that has it"
        return AuditError("GA004", message, help=remedy)
    message = f"framework={name!r} can't be imported in {sys.executable}: {type(error).__name__}: {error}"
    return AuditError("GA004", message, help=f"see that `import {name}` works there")


@cache
def brought() -> dict[str, Any]:
    """The entry points of installed packages that bring adapters, by name."""
    from importlib.metadata import entry_points  # reads every installed package's metadata

    return {point.name: point for point in entry_points(group=ENTRY_POINTS)}


def _made(adapter: Any, device: str | None) -> Framework:
    """An adapter whose arrays are on no device that can be chosen is the same for each."""
    takes_device = device is not None and getattr(adapter, "devices", False)
    made: Framework = adapter(device=device) if takes_device else adapter()
    return made
