"""Why something that a forward returned is no output that has a gradient, and what to write."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from gradaudit.errors import AuditError, an
from gradaudit.frameworks.belonging import foreign
from gradaudit.frameworks.other_arrays import is_sparse

if TYPE_CHECKING:
    import numpy as np


def no_output(value: Any, array: np.ndarray[Any, Any] | None, framework: str, *, alone: bool) -> AuditError:
    """GA004 for what is no floating array among the outputs.

    Args:
        value: What was returned.
        array: The array that it was read as, if it is one.
        framework: The one that the audit is taken for.
        alone: Whether it is all that the forward returned.
    """
    several = "say by outputs= how many leading elements of the tuple are outputs"
    if array is None:
        shown, other = _kind(value), foreign(value, framework)
        why = f", and the audit is one of {framework}" if other else "; only floating outputs have a gradient"
        message = f"an output of the forward is {an(shown)}{why}"
        return AuditError("GA004", message, help=other or (_alone(value) if alone else several))
    shown = f"{array.dtype} array of shape {array.shape}"
    if array.dtype.kind == "c":
        message = f"an output of the forward is complex ({shown}), which is not supported yet"
        remedy = "audit its real or its imaginary part, with its gradient"
    else:
        message = f"an output of the forward is {an(shown)}; only floating outputs have a gradient"
        remedy = "return floating numbers"
    return AuditError("GA004", message, help=remedy if alone else several)


def _alone(value: Any) -> str:
    """What to do about the only thing that a forward returned."""
    if inspect.iscoroutine(value):
        value.close()  # nobody waits for it
        return "audit a function that is not async"
    if inspect.isgenerator(value):
        return "return an array, or a tuple of arrays, of what it yields"
    if is_sparse(value):
        return "return its .toarray()"
    return "return the output: a floating array, or a tuple of such" if value is not None else "return the output"


def _kind(value: Any) -> str:
    """What a value that is no array of numbers is: an array of objects is one of those too."""
    dtype = getattr(value, "dtype", None)
    return type(value).__name__ if dtype is None else f"{type(value).__name__} of dtype {dtype}"
