"""Floating numbers that are drawn one by one and may move in all directions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

from gradaudit.distributions.distribution import Distribution
from gradaudit.distributions.parameters import number, positive_number
from gradaudit.distributions.shapes import parse_shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import numpy as np


@dataclass(frozen=True)
class _Sided(Distribution):
    """Numbers on both sides of a centre.

    Attributes:
        side: On which side of the centre the first element lies; 0 for either.
    """

    side: Literal[-1, 0, 1] = field(default=0, kw_only=True, repr=False)

    elementwise: ClassVar[bool] = True

    def for_trial(self, trial: int, side: Literal[-1, 1]) -> Distribution:
        """The first two trials lie on opposite sides, so that a single number takes both signs where it can."""
        sides: dict[int, Literal[-1, 1]] = {0: side, 1: 1 if side < 0 else -1}
        return replace(self, side=sides[trial]) if trial in sides else self

    def brought_to_side(self, drawn: np.ndarray[Any, Any] | float, centre: float) -> np.ndarray[Any, Any]:
        """The first element mirrored at the centre if need be: its distribution is symmetric."""
        import numpy as np

        array = np.asarray(drawn)
        if self.side:
            array.flat[0] = centre + self.side * abs(array.flat[0] - centre)
        return array


@dataclass(frozen=True)
class Normal(_Sided):
    """See `normal`."""

    mean: float
    std: float

    def sample(self, rng: np.random.Generator, sizes: Mapping[str, int]) -> np.ndarray[Any, Any]:
        """Independent normal numbers."""
        return self.brought_to_side(rng.normal(self.mean, self.std, self.shape.value(sizes)), self.mean)


@dataclass(frozen=True)
class Uniform(_Sided):
    """See `uniform`."""

    low: float
    high: float

    def sample(self, rng: np.random.Generator, sizes: Mapping[str, int]) -> np.ndarray[Any, Any]:
        """Independent uniform numbers."""
        drawn = rng.uniform(self.low, self.high, self.shape.value(sizes))
        return self.brought_to_side(drawn, self.low + (self.high - self.low) / 2)


def normal(shape: str, mean: float = 0.0, std: float = 1.0) -> Distribution:
    """Normally distributed numbers; what a plain shape stands for.

    Args:
        shape: Such as ``"N D"``; ``""`` for a scalar.
        mean: Their mean.
        std: Their standard deviation, above 0.

    Raises:
        TypeError: A parameter is of the wrong type.
        ValueError: The shape is malformed, or a parameter out of its range.

    Example:
        >>> import numpy as np
        >>> normal("N D", std=0.1).draw(np.random.default_rng(0), {"N": 2, "D": 3}, np.dtype("float32")).shape
        (2, 3)
    """
    return Normal(parse_shape(shape), number("normal: mean", mean), positive_number("normal: std", std))


def uniform(shape: str, low: float = 0.0, high: float = 1.0) -> Distribution:
    """Uniformly distributed numbers between `low` and `high`.

    Args:
        shape: Such as ``"N D"``; ``""`` for a scalar.
        low: The lower end.
        high: The upper end, above `low`.

    Raises:
        TypeError: A parameter is of the wrong type.
        ValueError: The shape is malformed, or `low` is not below `high`.
    """
    return _between("uniform", shape, number("uniform: low", low), number("uniform: high", high))


def positive(shape: str, low: float = 0.5, high: float = 2.0) -> Distribution:
    """Positive numbers that keep clear of 0: uniform between `low` and `high`.

    Args:
        shape: Such as ``"N D"``; ``""`` for a scalar.
        low: The lower end, above 0.
        high: The upper end, above `low`.

    Raises:
        TypeError: A parameter is of the wrong type.
        ValueError: The shape is malformed, or not 0 < `low` < `high`.
    """
    return _between("positive", shape, positive_number("positive: low", low), positive_number("positive: high", high))


def _between(name: str, shape: str, low: float, high: float) -> Distribution:
    if low >= high:
        raise ValueError(f"{name}: low must be below high, but low={low:g} and high={high:g}")
    return Uniform(parse_shape(shape), low, high)
