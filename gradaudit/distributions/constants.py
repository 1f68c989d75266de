"""Values that are handed on as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gradaudit.distributions.distribution import Distribution
from gradaudit.distributions.shapes import Shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import numpy as np


@dataclass(frozen=True)
class Constant(Distribution):
    """See `constant`."""

    value: Any

    floating: ClassVar[bool] = False
    differentiable: ClassVar[bool] = False

    def sample(self, rng: np.random.Generator, sizes: Mapping[str, int]) -> np.ndarray[Any, Any]:
        """Never called: a constant is handed on."""
        del rng, sizes
        raise NotImplementedError("a constant is handed on, not drawn")

    def draw(self, rng: np.random.Generator, sizes: Mapping[str, int], dtype: np.dtype[Any]) -> Any:
        """The value itself; each call of the audited code gets a copy of its own."""
        del rng, sizes, dtype
        return self.value


def constant(value: object) -> Distribution:
    """Hand on a value as it is, also where it looks like a shape or holds strings that do.

    Args:
        value: Anything; each call of the audited code gets a copy of its own, so that it may write to it.

    Example:
        >>> constant({"mode": "train"}).size_names()
        ()
    """
    return Constant(Shape(()), value)
