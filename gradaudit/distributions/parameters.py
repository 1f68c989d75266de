"""Parameters of distributions are proved at declaration: a mistake shows when the user's module is imported."""

from __future__ import annotations

from math import isfinite


def number(name: str, value: object) -> float:
    """A finite number.

    Args:
        name: The distribution and its parameter, such as ``"normal: mean"``.
        value: As it was given.

    Raises:
        TypeError: It is no number.
        ValueError: It is not finite.
    """
    from numbers import Real

    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number such as 1.0, not {value!r}")
    if not isfinite(value):
        raise ValueError(f"{name} must be a finite number, not {value!r}")
    return float(value)


def positive_number(name: str, value: object) -> float:
    """A finite number above 0.

    Raises:
        TypeError: It is no number.
        ValueError: It is not finite or not above 0.
    """
    result = number(name, value)
    if result <= 0:
        raise ValueError(f"{name} must be above 0, not {value!r}")
    return result


def whole_number(name: str, value: object) -> int:
    """A whole number, NumPy's integers included.

    Raises:
        TypeError: It is none.
    """
    from operator import index

    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be a whole number such as 3, not {value!r}")
    return index(value)
