"""What every distribution can do: be drawn from, and say which of its elements may be differentiated, and how."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import numpy as np

    from gradaudit.distributions.shapes import Shape, Size
    from gradaudit.numerics.problems.problem import Tangents


@dataclass(frozen=True)
class Distribution(ABC):
    """How one input is drawn.

    Attributes:
        shape: The shape in named or literal sizes.
        floating: Whether its elements are floating point numbers, in the dtype of the audit.
        differentiable: Whether it is differentiated unless `wrt` says otherwise.
        random: Whether another draw is another array.
        elementwise: Whether each element is drawn by itself, so that one may be drawn anew alone.
        note: What a report says about how its gradient is compared; empty where there is nothing to say.
    """

    shape: Shape

    floating: ClassVar[bool] = True
    differentiable: ClassVar[bool] = True
    random: ClassVar[bool] = True
    elementwise: ClassVar[bool] = False
    note: ClassVar[str] = ""

    @property
    def tangents(self) -> Tangents | None:
        """The directions in which a point of its set may move; None where it may move in all."""
        return None

    def needs(self) -> tuple[tuple[Size, int], ...]:
        """The sizes that it depends on, each with the least that it may be."""
        return tuple((size, 1) for size in self.shape.sizes)

    def size_names(self) -> tuple[str, ...]:
        """The named sizes that it depends on, in order."""
        return tuple(dict.fromkeys(name for size, _ in self.needs() for name in size.names))

    def for_trial(self, trial: int, side: Literal[-1, 1]) -> Distribution:
        """The distribution as one of an audit's trials draws from it, so that together they visit what matters.

        Nothing leaves the support: single elements are brought to a side, made equal, told apart, switched on.

        Args:
            trial: Number of the trial, from 0.
            side: The same in all trials of an audit: on which side of the centre the first of them begins.
        """
        del trial, side
        return self

    @abstractmethod
    def sample(self, rng: np.random.Generator, sizes: Mapping[str, int]) -> np.ndarray[Any, Any]:
        """An array, floating ones in float64 whatever the audit's dtype is."""

    def draw(self, rng: np.random.Generator, sizes: Mapping[str, int], dtype: np.dtype[Any]) -> Any:
        """Draw an array; a NumPy scalar where the shape is ``""``.

        Floating numbers are drawn in float64 and rounded to `dtype`, so that every dtype sees the same numbers.

        Args:
            rng: The source of randomness.
            sizes: A number for each named size.
            dtype: Of floating results; others have their own.

        Raises:
            AuditError: GA004, with these sizes there is nothing to draw from.
        """
        array = self.sample(rng, sizes)
        return array.astype(dtype, copy=False)[()] if self.floating else array[()]
