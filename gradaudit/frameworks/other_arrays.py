"""What is an array to NumPy's users and none to NumPy: SciPy's sparse ones, and ``numpy.matrix``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradaudit.frameworks.belonging import leaves_in


def is_sparse(value: Any) -> bool:
    """Whether a value is one of SciPy's sparse arrays, or like one.

    >>> is_sparse(np.ones(3))
    False
    """
    return all(hasattr(value, name) for name in ("nnz", "toarray", "tocsr", "dtype"))


def made_dense(returned: Any) -> str:
    """What to write where a sparse gradient came back; empty where none did.

    Args:
        returned: What a backward returned: an array, or containers of such.

    Example:
        >>> made_dense((1.0, np.ones(3)))
        ''
    """
    if any(map(is_sparse, leaves_in(returned))):
        return "a gradient that came back is sparse: return its .toarray(), or its values where these are the input"
    return ""


MATRIX = "a gradient that came back is a numpy.matrix, which has two axes always: return numpy.asarray(...).ravel()"
"""What helps where such a gradient has an axis too many."""


def has_matrix(returned: Any) -> bool:
    """Whether a ``numpy.matrix`` came back: alone, in a tuple or in a mapping; lists may be as long as arrays.

    Args:
        returned: As above.
    """
    held = returned.values() if isinstance(returned, Mapping) else returned if isinstance(returned, tuple) else ()
    return any(isinstance(each, np.ndarray) and type(each).__name__ == "matrix" for each in (returned, *held))
