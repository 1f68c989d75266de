"""Whether values are rounded to a grid, such as that of so many decimals: between its points a function is flat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# Grids that somebody rounds to: decimals, and fixed-point numbers. Whole numbers are left out: what counts or compares
# is no rounded function but a flat one.
GRIDS = sorted({10.0**-d for d in range(1, 11)} | {2.0**-k for k in range(1, 11)}, reverse=True)
# All of the above are multiples of this one, but for rounding.
FINEST = GRIDS[-1]

# Finer grids hide less than float32 does, and are met as any other noise.
FINE = 1e-7
# Of a value on a grid so many units in the last place may be lost in sums of such values.
ROUNDINGS = 8.0
# Beyond it no float64 is on a grid by anything but its own precision.
LARGEST = 2.0**53
# Whoever is not on the grid mostly shows it by the first few values.
SAMPLE = 8


def quantum(values: ArrayLike) -> float:
    """The coarsest grid that all values are on; 0 where there is none.

    >>> quantum([0.693147, -1.5]), quantum([0.25, 0.5]), quantum([1.0, 3.0]), quantum([np.pi, 0.5])
    (1e-06, 0.25, 0.0, 0.0)
    """
    array = np.asarray(values)
    if not array.size or not _on(np.asarray(array.flat[:SAMPLE], np.float64), FINEST):
        return 0.0
    flat = np.asarray(array, np.float64).reshape(-1)
    if not _on(flat, FINEST) or _on(flat, 1.0):
        return 0.0
    found = next(grid for grid in GRIDS if _on(flat, grid))
    return found if found >= FINE * float(np.abs(flat).max()) else 0.0


def _on(values: NDArray[np.float64], grid: float) -> bool:
    if not np.isfinite(values).all() or np.abs(values).max() > LARGEST:
        return False
    multiples = values / grid
    off = np.abs(multiples - np.rint(multiples))
    allowed = ROUNDINGS * np.finfo(np.float64).eps * np.abs(multiples).max()
    return bool(allowed < 1e-2 and (off <= allowed).all())
