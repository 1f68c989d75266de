"""Inputs that no gradient is asked for: labels, masks, orders."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal, TypeAlias

from gradaudit.distributions.distribution import Distribution
from gradaudit.distributions.parameters import number, whole_number
from gradaudit.distributions.shapes import Size, parse_shape, parse_size
from gradaudit.errors import AuditError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import numpy as np


Repeats: TypeAlias = Literal["usual", "some", "none"]
"""Whether integers repeat: three or more always; the first comes again at the end, and before it in the last of several
rows; or none where there is room."""

Switched: TypeAlias = Literal["", "mixed", "on", "off"]
"""Which booleans are sure to be there: any, some of each kind, none but true, or some false."""


@dataclass(frozen=True)
class Integers(Distribution):
    """See `integers`.

    Attributes:
        low: The lowest.
        high: One more than the highest.
        repeats: Whether some are equal.
    """

    low: int
    high: int | Size
    repeats: Repeats = "usual"

    floating: ClassVar[bool] = False
    differentiable: ClassVar[bool] = False

    def needs(self) -> tuple[tuple[Size, int], ...]:
        """Those of the shape, then `high`, which has to be above `low`."""
        bound = ((self.high, max(1, self.low + 1)),) if isinstance(self.high, Size) else ()
        return (*super().needs(), *bound)

    def for_trial(self, trial: int, side: Literal[-1, 1]) -> Distribution:
        """Some are equal in the first trial, none in the second where there is room."""
        del side
        arranged: dict[int, Repeats] = {0: "some", 1: "none"}
        return replace(self, repeats=arranged[trial]) if self.repeats == "usual" and trial in arranged else self

    def room(self, sizes: Mapping[str, int]) -> int:
        """How many integers there are to draw from; 0 where there are none."""
        high = self.high.number(sizes) if isinstance(self.high, Size) else self.high
        return max(0, high - self.low)

    def sample(self, rng: np.random.Generator, sizes: Mapping[str, int]) -> np.ndarray[Any, Any]:
        """Uniform integers, independent but for what `repeats` asks for."""
        import numpy as np

        room = self.room(sizes)
        if not room:
            text = self.high.text if isinstance(self.high, Size) else ""
            high = self.high.value(sizes) if isinstance(self.high, Size) else self.high
            message = f"integers: there is no integer from low={self.low} to below high={text!r}, which is {high}"
            raise AuditError(
                "GA004", message, help=f"lower low, or bound the size: sizes={{{text!r}: ({self.low + 1}, 8)}}"
            )
        drawn: np.ndarray[Any, Any] = np.asarray(rng.integers(self.low, self.low + room, self.shape.value(sizes)))
        if self.repeats == "none":
            return _told_apart(drawn, self.low, room, rng)
        # Repeated indices are where gradients get lost (assigned, not accumulated). The place is always the same, so
        # that indices drawn side by side, rows and columns, repeat together. Two elements alone are left to chance
        # unless asked for, lest they were always equal.
        if (self.repeats == "some" and drawn.size > 1) or drawn.size >= 3:
            drawn.flat[-1] = drawn.flat[0]
        # A row of ids that are pooled into one loses what repeats within it, and nothing by what repeats across rows.
        if self.repeats == "some" and drawn.ndim > 1 and 1 < drawn.shape[-1] < drawn.size:
            drawn.flat[-2] = drawn.flat[-1]
        return drawn


def _told_apart(drawn: np.ndarray[Any, Any], low: int, room: int, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """What was drawn, each repetition replaced by an integer that is not there yet; as drawn where room is short."""
    import numpy as np

    if drawn.size > room:
        return drawn
    flat = drawn.reshape(-1).copy()
    first = np.zeros(flat.size, bool)
    first[np.unique(flat, return_index=True)[1]] = True
    taken = set(flat[first].tolist())
    # Of as many candidates as there are elements no more are taken than elements are first of their kind.
    candidates = rng.choice(room, flat.size, replace=False) + low
    unused = [each for each in candidates.tolist() if each not in taken]
    flat[~first] = unused[: np.count_nonzero(~first)]
    apart: np.ndarray[Any, Any] = flat.reshape(drawn.shape)
    return apart


@dataclass(frozen=True)
class Boolean(Distribution):
    """See `boolean`.

    Attributes:
        p: How likely each is true.
        switched: Which are sure to be there.
    """

    p: float
    switched: Switched = ""

    floating: ClassVar[bool] = False
    differentiable: ClassVar[bool] = False

    def for_trial(self, trial: int, side: Literal[-1, 1]) -> Distribution:
        """Both kinds in the first trial, none but true in the second, some false in the third.

        All false is no trial of its own: what a mask lets through has no gradient then, and a mean over it is 0/0.
        """
        del side
        switched: dict[int, Switched] = {0: "mixed", 1: "on", 2: "off"}
        return replace(self, switched=switched.get(trial, ""))

    def sample(self, rng: np.random.Generator, sizes: Mapping[str, int]) -> np.ndarray[Any, Any]:
        """Independent draws, but for what `switched` asks for."""
        import numpy as np

        drawn = np.asarray(rng.random(self.shape.value(sizes)) < self.p)
        if not 0 < self.p < 1:
            return drawn  # only one of both is declared
        one, other = rng.choice(drawn.size, 2, replace=False) if drawn.size > 1 else (0, 0)
        match self.switched:
            case "on":
                drawn[...] = True
            case "off" if drawn.all():
                drawn.flat[one] = False
            case "mixed" if drawn.size > 1 and drawn.all() | ~drawn.any():
                drawn.flat[one], drawn.flat[other] = True, False
        return drawn


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
    """Whole numbers from `low` to below `high`, as NumPy counts: labels, token ids, indices.

    Some of them repeat, in an audit's first trial within a row too; in its second none does, where there are enough of
    them.

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

    Of an audit's first three trials one has both, one none but true, and one some false.

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
