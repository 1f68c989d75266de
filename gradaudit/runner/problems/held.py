"""Whether the audited code still holds arrays that it returned: if it does, it may write to them again."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable


class Watched:
    """Arrays that are watched without being held.

    Example:
        >>> buffer = np.ones(3)
        >>> watched = Watched([buffer[1:], None, np.ones(2)])
        >>> watched.is_held
        True
        >>> del buffer
        >>> watched.is_held
        False
    """

    def __init__(self, arrays: Iterable[Any]) -> None:
        self._owners = [_owner(array) for array in arrays if array is not None]

    @property
    def is_held(self) -> bool:
        """Whether the memory of one of them is still in use, as far as can be told."""
        return any(owner is None or owner() is not None for owner in self._owners)


def _owner(array: Any) -> weakref.ref[np.ndarray[Any, Any]] | None:
    """The array whose memory it is; None where that belongs to something else, of which nothing is known."""
    while isinstance(array, np.ndarray) and array.base is not None:
        array = array.base
    return weakref.ref(array) if isinstance(array, np.ndarray) else None
