"""The parameters that a function has, and the name that it is shown by."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def signature_of(function: Callable[..., Any]) -> inspect.Signature | None:
    """The signature, or None for callables that have none (some built-ins); of a NumPy ufunc that of its inputs."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    inputs = getattr(function, "nin", None)
    if not isinstance(inputs, int):
        return signature
    # What is behind them says where and how a ufunc writes: its `out` is no output of the forward.
    return signature.replace(parameters=list(signature.parameters.values())[:inputs])


def name_of(function: object) -> str:
    """A name to show: the qualified one without ``<locals>``."""
    name = getattr(function, "__qualname__", None) or getattr(function, "__name__", None) or type(function).__name__
    return str(name).rsplit("<locals>.", 1)[-1]
