"""Norms that neither overflow nor underflow where their value does not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.table import SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike

    from gradaudit.numerics.problem import Array

# Sums of squares between these have lost nothing that counts; outside, entries are divided by the largest first.
SAFE = (1e-250, 1e300)


def norm(values: ArrayLike) -> float:
    """‖values‖₂ of an array of any shape.

    >>> [f"{norm(values):.6g}" for values in ([3e200, 4e200], [3e-200, 4e-200], [])]
    ['5e+200', '5e-200', '0']
    """
    flat = np.ravel(np.asarray(values, np.float64))
    with np.errstate(over="ignore", under="ignore"):
        total = float(np.dot(flat, flat))
    if SAFE[0] < total < SAFE[1]:
        return math.sqrt(total)
    largest = float(np.abs(flat).max(initial=0.0))
    return largest * float(np.linalg.norm(flat / largest)) if 0.0 < largest < math.inf else largest


def product_norm(a: Array, b: Array) -> float:
    """‖a∘b‖, a stretch at a time, so that large blocks need no temporary of their size."""
    with np.errstate(over="ignore", under="ignore"):
        total = sum(float(np.dot(product, product)) for product in _products(a, b, 1.0, 1.0))
        if SAFE[0] < total < SAFE[1]:
            return math.sqrt(total)
        x, y = (float(np.abs(each).max(initial=0.0)) for each in (a, b))
        if not (0.0 < x < math.inf and 0.0 < y < math.inf):
            return x * y
        return math.sqrt(sum(float(np.dot(each, each)) for each in _products(a, b, x, y))) * x * y


def _products(a: Array, b: Array, x: float, y: float) -> Iterable[Array]:
    """(a/x)∘(b/y), a stretch at a time; each is overwritten by the next."""
    flat_a, flat_b = a.reshape(-1), b.reshape(-1)
    scratch = np.empty(min(SIZE, flat_a.size))
    for start in range(0, flat_a.size, SIZE):
        product = scratch[: min(SIZE, flat_a.size - start)]
        part_a, part_b = flat_a[start : start + SIZE], flat_b[start : start + SIZE]
        if x == y == 1.0:
            np.multiply(part_a, part_b, out=product)
        else:
            np.multiply(part_a / x, part_b / y, out=product)
        yield product
