"""Whether values are rounded to a grid, such as that of so many decimals: between its points a function is flat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# Grids that somebody rounds to: decimals, and fixed-point numbers.
DECIMALS = tuple(10.0**-d for d in range(1, 11))
BINARIES = tuple(2.0**-k for k in range(1, 11))
GRIDS = sorted({*DECIMALS, *BINARIES}, reverse=True)
# All of the above are multiples of this one, but for rounding.
FINEST = GRIDS[-1]
# Whole numbers are on each of them; what counts or compares is no rounded function but a flat one.
WHOLE = 1.0

# Finer grids hide less than float32 does, and are met as any other noise.
FINE = 1e-7
# Of a value on a grid so many units in the last place may be lost in sums of such values.
ROUNDINGS = 8.0
# Where that is more of a grid, everything is on it.
MOST = 1e-2
# Beyond it no float64 is on a grid by anything but its own precision.
LARGEST = 2.0**53
# Whoever is not on the grid mostly shows it by the first few values.
SAMPLE = 8


def quantum(values: ArrayLike) -> float:
    """The coarsest grid that all values are on, `WHOLE` for whole numbers; 0 where there is none.

    >>> quantum([0.693147, -1.5]), quantum([0.25, 0.5]), quantum([1.0, 3.0]), quantum([np.pi, 0.5]), quantum(1234.56)
    (1e-06, 0.25, 1.0, 0.0, 0.01)
    """
    array = np.asarray(values)
    if not array.size or not _may_be_on_one(np.asarray(array.flat[:SAMPLE], np.float64)):
        return 0.0
    flat = np.asarray(array, np.float64).reshape(-1)
    found = next((grid for grid in (WHOLE, *GRIDS) if _on(flat, grid)), 0.0)
    precision = 2.0 * float(np.finfo(array.dtype).eps) if array.dtype.kind == "f" else 0.0  # a dtype is a grid as well
    return found if found >= max(FINE, precision) * float(np.abs(flat).max()) else 0.0


def _may_be_on_one(values: NDArray[np.float64]) -> bool:
    """Whether they are on the finest grids that values so large can be seen to be on."""
    limit = ROUNDINGS * float(np.finfo(np.float64).eps) / MOST * float(np.abs(values).max())
    if limit < FINEST:
        return _on(values, FINEST)
    return any(
        _on(values, min((grid for grid in kind if grid > limit), default=WHOLE)) for kind in (DECIMALS, BINARIES)
    )


def _on(values: NDArray[np.float64], grid: float) -> bool:
    if not np.isfinite(values).all() or np.abs(values).max() > LARGEST:
        return False
    multiples = values / grid
    off = np.abs(multiples - np.rint(multiples))
    allowed = ROUNDINGS * np.finfo(np.float64).eps * np.abs(multiples).max()
    return bool(allowed < MOST and (off <= allowed).all())
