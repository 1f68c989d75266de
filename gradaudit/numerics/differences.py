"""The literature's measure of how far two gradients are apart, and the bands in which it is read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Grade: TypeAlias = Literal["great", "okay", "concerning", "wrong"]

# The bands that courses and lecture notes on gradient checking teach for float64.
GREAT = 1e-7
OKAY = 1e-5
CONCERNING = 1e-3


def difference(analytic: ArrayLike, numeric: ArrayLike) -> float:
    """‖a - n‖₂ / (‖a‖₂ + ‖n‖₂), in [0, 1]: 0 for equal, 1 for opposite or for one that is zero.

    Args:
        analytic: The gradient that is claimed, of any shape.
        numeric: The gradient by numerical differentiation, of the same shape.

    Returns:
        The ratio; 0 where both are zero, NaN where one of them is not finite.

    Example:
        >>> difference([3.0, 4.0], [3.0, 4.0]), difference([3.0, 4.0], [-3.0, -4.0]), difference([0.0], [0.0])
        (0.0, 1.0, 0.0)
    """
    a, n = np.ravel(np.asarray(analytic, np.float64)), np.ravel(np.asarray(numeric, np.float64))
    largest = float(np.maximum(np.abs(a).max(initial=0.0), np.abs(n).max(initial=0.0)))
    if largest == 0.0:
        return 0.0
    if not math.isfinite(largest):  # NaN too, which the maximum keeps and Python's own `max` may lose
        return math.nan
    a, n = a / largest, n / largest  # squares of very small or large entries would underflow or overflow
    return float(np.linalg.norm(a - n) / (np.linalg.norm(a) + np.linalg.norm(n)))


def grade(difference: float) -> Grade:
    """The literature's word for a difference; NaN is wrong.

    >>> [grade(d) for d in (1e-9, 1e-6, 1e-4, 0.1)]
    ['great', 'okay', 'concerning', 'wrong']
    """
    if difference <= GREAT:
        return "great"
    if difference <= OKAY:
        return "okay"
    return "concerning" if difference <= CONCERNING else "wrong"
