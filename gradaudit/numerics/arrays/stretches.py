"""Large arrays a stretch at a time: what is computed of them takes no memory of their size, which costs most of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.numerics.problems.problem import Array

# Half a megabyte of float64, which stays in a core's second-level cache from one operation to the next. With an eighth
# of that, calling NumPy takes as long as its arithmetic.
LENGTH = 65_536


def stretches(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """Arrays of one shape, flat and side by side, a stretch at a time, after room for as many float64 results.

    >>> [a.tolist() for room, a in stretches(np.ones((2, 2)))]
    [[1.0, 1.0, 1.0, 1.0]]
    """
    flat = [array.reshape(-1) for array in arrays]
    size = flat[0].size
    room = np.empty(min(LENGTH, size))
    for start in range(0, size, LENGTH):
        parts = [each[start : start + LENGTH] for each in flat]
        yield (room[: parts[0].size], *parts)
