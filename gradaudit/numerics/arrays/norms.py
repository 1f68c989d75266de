"""Norms that neither overflow nor underflow where their value does not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.arrays.inner_product import inner_product
from gradaudit.numerics.arrays.stretches import stretches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import ArrayLike

    from gradaudit.numerics.problems.problem import Array

# Sums of squares between these have lost nothing that counts; outside, entries are divided by the largest first.
SAFE = (1e-250, 1e300)


def norm(values: ArrayLike) -> float:
    """‖values‖₂ of an array of any shape.

    >>> [f"{norm(values):.6g}" for values in ([3e200, 4e200], [3e-200, 4e-200], [])]
    ['5e+200', '5e-200', '0']
    """
    flat = np.ravel(np.asarray(values, np.float64))
    return norm_of_stretches(lambda: (flat,))


def norm_of_stretches(made: Callable[[], Iterable[Array]]) -> float:
    """‖values‖₂ of what is made a stretch at a time, so that it takes no memory of its size.

    Args:
        made: Makes them, each of which may be overwritten by the next; twice, where their squares are out of range.

    Example:
        >>> f"{norm_of_stretches(lambda: iter([np.array([3e200]), np.array([4e200])])):.6g}"
        '5e+200'
    """
    with np.errstate(over="ignore", under="ignore"):
        total = sum(inner_product(each, each) for each in made())
    if SAFE[0] < total < SAFE[1]:
        return math.sqrt(total)
    largest = float(np.max([np.abs(each).max(initial=0.0) for each in made()], initial=0.0))
    if not 0.0 < largest < math.inf:
        return largest
    return largest * math.hypot(*(float(np.linalg.norm(each / largest)) for each in made()))


def product_norm(a: Array, b: Array) -> float:
    """‖a∘b‖, a stretch at a time, so that large blocks need no temporary of their size."""
    with np.errstate(over="ignore", under="ignore"):
        total = sum(inner_product(product, product) for product in _products(a, b, 1.0, 1.0))
        if SAFE[0] < total < SAFE[1]:
            return math.sqrt(total)
        x, y = (float(np.abs(each).max(initial=0.0)) for each in (a, b))
        if not (0.0 < x < math.inf and 0.0 < y < math.inf):
            return x * y
        return math.sqrt(sum(inner_product(each, each) for each in _products(a, b, x, y))) * x * y


def _products(a: Array, b: Array, x: float, y: float) -> Iterable[Array]:
    """(a/x)∘(b/y), a stretch at a time; each is overwritten by the next."""
    for product, part_a, part_b in stretches(a, b):
        if x == y == 1.0:
            np.multiply(part_a, part_b, out=product)
        else:
            np.multiply(part_a / x, part_b / y, out=product)
        yield product
