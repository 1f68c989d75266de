"""Numbers that keep clear of the points where a function has a kink or a jump."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

from gradaudit.distributions.continuous import normal
from gradaudit.distributions.distribution import Distribution
from gradaudit.distributions.parameters import number, positive_number
from gradaudit.errors import AuditError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    import numpy as np

# A distribution that has an element clear of the kinks in but one of ten draws fails to give it in 1000 draws once in
# 1e45 elements; what comes this far has no room beside the kinks.
_DRAWS = 1000


@dataclass(frozen=True)
class AwayFrom(Distribution):
    """See `away_from`."""

    kinks: tuple[float, ...]
    base: Distribution
    margin: float
    preferred: Distribution | None = field(default=None, repr=False)

    elementwise: ClassVar[bool] = True

    def sample(self, rng: np.random.Generator, sizes: Mapping[str, int]) -> np.ndarray[Any, Any]:
        """Draw elements anew until each keeps the margin; say so where the distribution leaves no room."""
        import numpy as np

        preferred = self.preferred or self.base
        drawn = np.asarray(preferred.sample(rng, sizes))
        for count in range(_DRAWS):
            near = self._is_near(drawn)
            if not near.any():
                return drawn
            # The side of the centre that a trial prefers may have no room.
            drawn = np.where(near, (preferred if count < _DRAWS // 2 else self.base).sample(rng, sizes), drawn)
        message = f"away_from: {self.base} leaves no room at a margin of {self.margin:g} from the kinks {self.kinks}"
        raise AuditError("GA004", message, help="give a smaller margin, or a distribution that reaches further")

    def for_trial(self, trial: int, side: Literal[-1, 1]) -> Distribution:
        """As the distribution that its elements are drawn from."""
        return replace(self, preferred=self.base.for_trial(trial, side))

    def _is_near(self, drawn: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        import numpy as np

        near = np.zeros(drawn.shape, dtype=bool)
        for kink in self.kinks:
            near |= np.abs(drawn - kink) < self.margin
        return near


def away_from(kinks: float | Iterable[float], shape: str | Distribution, margin: float = 0.1) -> Distribution:
    """Numbers that are at least `margin` away from each of the kinks; those nearer are drawn again.

    Args:
        kinks: A point or several where the function is not differentiable.
        shape: A shape, for standard normal numbers, or a distribution that draws its elements one by one (`normal`,
            `uniform`, `positive`).
        margin: The distance to keep, above 0.

    Raises:
        TypeError: A parameter is of the wrong type.
        ValueError: The shape is malformed, there are no kinks, or a parameter is out of its range.

    Example:
        >>> import numpy as np
        >>> x = away_from([-1, 1], "N").draw(np.random.default_rng(0), {"N": 1000}, np.dtype("float64"))
        >>> bool((abs(abs(x) - 1) >= 0.1).all())
        True
    """
    base = shape if isinstance(shape, Distribution) else normal(shape)
    if not base.elementwise:
        taken = f"a shape, normal(...), uniform(...) or positive(...), not {type(base).__name__}"
        raise TypeError(f"away_from: shape must be {taken}: its elements can't be drawn again one by one")
    return AwayFrom(base.shape, _points(kinks), base, positive_number("away_from: margin", margin))


def _points(kinks: object) -> tuple[float, ...]:
    from collections.abc import Iterable

    if isinstance(kinks, (str, Distribution)):
        raise TypeError(f'away_from: kinks come first, then the shape: away_from([0.0], "N D"), not {kinks!r}')
    several = kinks if isinstance(kinks, Iterable) else (kinks,)
    points = tuple(number("away_from: kinks", kink) for kink in several)
    if not points:
        raise ValueError("away_from: kinks names no point; give a number or several, such as [0.0]")
    return points
