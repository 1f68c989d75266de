"""What to write for a value among the inputs that was probably meant as an array to differentiate."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradaudit.frameworks.other_arrays import is_sparse


def shape_text(value: Any) -> str:
    """A tuple or list of whole numbers as the shape that it may stand for; empty for anything else.

    >>> shape_text((3, 4)), shape_text((3, 0)), shape_text(())
    ('3 4', '', '')
    """
    if not isinstance(value, (tuple, list)) or not all(_is_size(item) for item in value):
        return ""
    return " ".join(map(str, value))


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def kept_constant(name: str, value: Any) -> str:
    """Why a value among the inputs is not differentiated though it may have a gradient, and what to write; or nothing.

    >>> kept_constant("w", (3, 4)), kept_constant("labels", np.arange(3))
    ('it is a constant; a shape is text: write "w": "3 4"', '')
    """
    if is_sparse(value):
        return f"it is sparse; {_DENSE}"
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind == "c" or isinstance(value, complex):
        return "it is complex, which is not supported yet"
    if kind == "f" or (isinstance(value, float) and not kind):
        return f'it is a constant; name it with wrt="{name}" to differentiate there, or draw it by a shape'
    return f"it is a constant; {differentiation_remedy(name, value)}" if shape_text(value) else ""


def differentiation_remedy(name: str, value: Any) -> str:
    """How to have an input differentiated that is given as some value; empty where nothing is known of such.

    Args:
        name: The input's.
        value: What it is given as.

    Example:
        >>> differentiation_remedy("w", (3, 4))
        'a shape is text: write "w": "3 4"'
        >>> differentiation_remedy("x", np.arange(3))
        'x is an array of int64, which has no gradient: give it as floating, x.astype(float)'
    """
    if shape_text(value):
        return f'a shape is text: write "{name}": "{shape_text(value)}"'
    if _is_size(value):
        return f'a shape is text: write "{name}": "{value}" for a vector of that length, or {value}.0 for the number'
    if is_sparse(value):
        return _DENSE
    if isinstance(value, float) or getattr(getattr(value, "dtype", None), "kind", "") == "f":
        shape = " ".join(map(str, np.shape(value)))
        return f'{name} is given: name it with wrt="{name}" to differentiate there, or draw it by its shape, "{shape}"'
    if isinstance(value, np.ndarray) and value.dtype.kind in "iub":
        return f"{name} is an array of {value.dtype}, which has no gradient: give it as floating, {name}.astype(float)"
    return ""


_DENSE = "let its values be an input, and build it from them in the forward"
