"""Random numbers for directions, read from a fixed table: drawing them anew would cost as much as the model itself."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gradaudit.numerics.problems.problem import Array

# A prime, so that no axis of a block is in step with the table. 2**16 doubles fit a second-level cache.
SIZE = 65537


@cache
def _table() -> Array:
    """±U(0.5, 1.5), twice in a row, so that every cyclic window of `SIZE` entries is one slice.

    Signs alone miss equal and opposite errors in half of all draws; magnitudes that stay away from 0 leave no element
    unseen.
    """
    rng = np.random.default_rng(0x67726164)
    entries = rng.uniform(0.5, 1.5, SIZE) * rng.choice((-1.0, 1.0), SIZE)
    return np.concatenate((entries, entries))


def fill(out: Array, scale: float, rng: np.random.Generator) -> None:
    """Fill a flat array with ±U(0.5, 1.5)·scale.

    Each stretch of `SIZE` entries starts at a random place of the table with a random sign, so that no two of them
    repeat each other.
    """
    table = _table()
    for start in range(0, out.size, SIZE):
        stretch = out[start : start + SIZE]
        place = int(rng.integers(2 * SIZE))
        offset, sign = place >> 1, 1 - 2 * (place & 1)
        np.multiply(table[offset : offset + stretch.size], sign * scale, out=stretch)
