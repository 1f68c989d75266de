"""Inputs that no gradient is asked for: labels, masks, orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gradaudit.distributions.distribution import Distribution
from gradaudit.distributions.parameters import number, whole_number
from gradaudit.distributions.shapes import Size, parse_shape, parse_size
from gradaudit.errors import AuditError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import numpy as np


@dataclass(frozen=True)
class Integers(Distribution):
    """See `integers`."""

    low: int
    high: int | Size

    floating: ClassVar[bool] = False
    differentiable: ClassVar[bool] = False

    def needs(self) -> tuple[tuple[Size, int], ...]:
        """Those of the shape, then `high`, which has to be above `low`."""
        bound = ((self.high, max(1, self.low + 1)),) if isinstance(self.high, Size) else ()
        return (*super().needs(), *bound)

    def sample(self, rng: np.random.Generator, sizes: Mapping[str, int]) -> np.ndarray[Any, Any]:
        """Independent uniform integers, some of them equal."""
        import numpy as np

        high = self.high.value(sizes) if isinstance(self.high, Size) else self.high
        if high <= self.low:
            text = self.high.text if isinstance(self.high, Size) else ""
            message = f"integers: there is no integer from low={self.low} to below high={text!r}, which is {high}"
            raise AuditError(
                "GA004", message, help=f"lower low, or bound the size: sizes={{{text!r}: ({self.low + 1}, 8)}}"
            )
        drawn = np.asarray(rng.integers(self.low, high, self.shape.value(sizes)))
        # Repeated indices are where gradients get lost (assigned, not accumulated), so there are some in every draw;
        # two elements alone are left to chance, lest they were always equal.
        if drawn.size >= 3 and np.unique(drawn).size == drawn.size:
            drawn.flat[int(rng.integers(1, drawn.size))] = drawn.flat[0]
        return drawn


@dataclass(frozen=True)
class Boolean(Distribution):
    """See `boolean`."""

    p: float

    floating: ClassVar[bool] = False
    differentiable: ClassVar[bool] = False

    def sample(self, rng: np.random.Generator, sizes: Mapping[str, int]) -> np.ndarray[Any, Any]:
        """Independent draws."""
        import numpy as np

        return np.asarray(rng.random(self.shape.value(sizes)) < self.p)


@dataclass(frozen=True)
class OneHot(Distribution):
    """See `one_hot`."""

    differentiable: ClassVar[bool] = False

    def sample(self, rng: np.random.Generator, sizes: Mapping[str, int]) -> np.ndarray[Any, Any]:
        """A uniformly drawn class for each row."""
        import numpy as np

        *rows, classes = self.shape.value(sizes)
        return np.eye(classes)[rng.integers(classes, size=rows)]


@dataclass(frozen=True)
class Permutation(Distribution):
    """See `permutation`."""

    floating: ClassVar[bool] = False
    differentiable: ClassVar[bool] = False

    def sample(self, rng: np.random.Generator, sizes: Mapping[str, int]) -> np.ndarray[Any, Any]:
        """A uniformly drawn order."""
        return rng.permutation(*self.shape.value(sizes))


def integers(shape: str, low: int = 0, high: int | str | None = None) -> Distribution:
    """Whole numbers from `low` to below `high`, as NumPy counts: labels, token ids, indices. Some of them repeat.

    Args:
        shape: Such as ``"N"``; ``""`` for a scalar.
        low: The lowest of them.
        high: One more than the highest: a whole number or a size such as ``"C"`` or ``"V-1"``.

    Raises:
        TypeError: A parameter is of the wrong type, or `high` is missing.
        ValueError: The shape or `high` is malformed, or `low` is not below `high`.

    Example:
        >>> integers("N", high="C").size_names()
        ('N', 'C')
    """
    lowest = whole_number("integers: low", low)
    if high is None:
        raise TypeError('integers: high is missing: give a whole number or a size, such as integers("N", high="C")')
    if isinstance(high, str):
        return Integers(parse_shape(shape), lowest, _high_size(high))
    above = whole_number("integers: high", high)
    if lowest >= above:
        raise ValueError(f"integers: low must be below high, which is exclusive, but low={lowest} and high={above}")
    return Integers(parse_shape(shape), lowest, above)


def _high_size(text: str) -> Size:
    try:
        return parse_size(text.strip())
    except ValueError as error:
        raise ValueError(f"integers: high: {error}") from None


def boolean(shape: str, p: float = 0.5) -> Distribution:
    """True with probability `p`: masks, binary labels.

    Args:
        shape: Such as ``"N"``; ``""`` for a scalar.
        p: From 0 to 1.

    Raises:
        TypeError: A parameter is of the wrong type.
        ValueError: The shape is malformed, or `p` is not from 0 to 1.
    """
    chance = number("boolean: p", p)
    if not 0 <= chance <= 1:
        raise ValueError(f"boolean: p is a probability from 0 to 1, not {p!r}")
    return Boolean(parse_shape(shape), chance)


def one_hot(shape: str) -> Distribution:
    """Floating rows with a single 1 among zeros. They have a gradient only where `wrt` asks for it.

    Args:
        shape: Such as ``"N C"``; rows lie along the last axis.

    Raises:
        TypeError: The shape is no string.
        ValueError: The shape is malformed, or a scalar.
    """
    parsed = parse_shape(shape)
    if not parsed.sizes:
        raise ValueError('one_hot: shape needs an axis for the classes, such as "N C"')
    return OneHot(parsed)


def permutation(shape: str) -> Distribution:
    """The whole numbers from 0 to below a size, each once, in random order.

    Args:
        shape: One size, such as ``"N"``.

    Raises:
        TypeError: The shape is no string.
        ValueError: The shape is malformed, or has not exactly one axis.
    """
    parsed = parse_shape(shape)
    if len(parsed.sizes) != 1:
        raise ValueError(f'permutation: shape is one size such as "N", not {shape!r}')
    return Permutation(parsed)
