"""How an array lies in memory: the same values in another order, with gaps, or all of them in one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

Layout: TypeAlias = Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]
"""Gives an array with the same values and shape."""

LARGE = 65_536
"""Elements of an array that no longer fits into a core's own cache."""


def as_it_is(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A copy in the order of the original's axes."""
    return np.array(array)


def uncopied(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The array itself, for a call that is known to leave what it is handed as it is."""
    return array


def fortran_ordered(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A copy whose first axis runs fastest, as a transpose has it.

    >>> fortran_ordered(np.ones((2, 3))).strides
    (8, 16)
    """
    return np.array(array, order="F")


def non_contiguous(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A copy with gaps between its elements, as ``a[..., ::2]`` has them.

    >>> non_contiguous(np.ones((2, 3))).strides
    (48, 16)
    """
    if array.ndim == 0:
        return np.array(array)
    twice = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    gaps: np.ndarray[Any, Any] = twice[..., ::2]
    gaps[...] = array
    return gaps


def fortran_ordered_with_gaps(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Both at once; a large array gets gaps between its rows alone, since more would take longer than using it.

    >>> fortran_ordered_with_gaps(np.ones((2, 3))).strides
    (16, 32)
    >>> fortran_ordered_with_gaps(np.ones((400, 200))).strides
    (1608, 8)
    """
    if array.ndim < 2:
        return non_contiguous(array)
    if array.size > LARGE:
        wider = np.empty((*array.shape[:-1], array.shape[-1] + 1), array.dtype)
        wider[..., :-1], wider[..., -1] = array, 0.0
        return wider[..., :-1]
    transposed: np.ndarray[Any, Any] = non_contiguous(np.ascontiguousarray(array.T)).T
    return transposed


def zero_stride(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """An array of equal elements, all of them in one place and read-only, as the gradient of a sum often is.

    >>> zero_stride(np.ones((2, 3))).strides
    (0, 0)
    """
    if array.size == 0:
        return np.array(array)
    one = np.array(array.reshape(-1)[0])
    return np.broadcast_to(one, array.shape)
