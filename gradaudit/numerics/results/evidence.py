"""What is known of a wrong block: its claimed gradient whole, its numeric one by elements or along a few directions."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gradaudit.numerics.problems.problem import Array
    from gradaudit.numerics.results.agreement import BlockResult
    from gradaudit.numerics.results.cause import Cause
    from gradaudit.numerics.results.parts import Part

# Beyond this many errors a derivative is not zero, and an element can speak for or against a form.
CLEAR = 10.0
# Beyond this many an element is wrong.
WRONG = 4.0
# Rounding of the claimed gradient itself.
ROUNDING = 8.0


@dataclass(frozen=True, eq=False)
class Other:
    """Another block at the same point.

    Attributes:
        name: Its name.
        analytic: What is claimed.
        numeric: Its gradient: the numeric one, or the claimed one where that is right; None where neither is known.
        error: What numerical errors may contribute to each element of `numeric`.
    """

    name: str
    analytic: Array
    numeric: Array | None = None
    error: Array | None = None


@dataclass(frozen=True)
class Located:
    """Where a block is wrong; all else was found right.

    Attributes:
        part: The wrong part.
        factor: What its elements are multiplied by, if it is the same for all of at least three.
        right: How many elements of the rest have a gradient.
        rough: What differences of two evaluations had in truncation there, in units of h²·s; 0 where it is not known.
    """

    part: Part
    factor: tuple[float, ...] = ()
    right: int = 0
    rough: float = 0.0


@dataclass(frozen=True, eq=False)
class Sample:
    """Some elements of a block.

    Attributes:
        elements: Their flat indices.
        claimed: What is claimed of each.
        numeric: Its numeric derivative.
        error: What numerical errors may contribute to that.
        chosen: How many, the first ones, were chosen for what is claimed of them; the others are random.
    """

    elements: NDArray[np.int64]
    claimed: Array
    numeric: Array
    error: Array
    chosen: int = 0

    @cached_property
    def wrong(self) -> NDArray[np.bool_]:
        """Which of them clearly are."""
        return np.abs(self.claimed - self.numeric) > WRONG * self.error

    @cached_property
    def right(self) -> NDArray[np.bool_]:
        """Which of them have a gradient, and are not."""
        alive = np.maximum(np.abs(self.claimed), np.abs(self.numeric)) > CLEAR * self.error
        return alive & (np.abs(self.claimed - self.numeric) <= self.error)


@dataclass(frozen=True, eq=False)
class Evidence:
    """The claimed gradient of a block and observations of its numeric one.

    Attributes:
        name: The block's name.
        theta: The block's values.
        analytic: The claimed gradient a; for a block with tangents the claimed derivative for each element.
        numeric: Observations of the numeric gradient n: its elements, or ⟨n, v⟩ for each of `directions`.
        error: What numerical errors may contribute to each observation.
        directions: The directions v, shaped like the block; None where each element was observed.
        curved: Whether the block only moves along tangents, so that its elements are no coordinates.
        others: The other blocks.
        located: Where it is wrong, where that is known and a part of the block only.
        fixed: What the gradient may depend on beside the blocks, by name: labels, masks, indices.
        sides: Of a block that was not observed whole, what its wrong elements have in common.
        sample: Elements of such a block that were observed one by one.
    """

    name: str
    theta: Array
    analytic: Array
    numeric: Array
    error: Array
    directions: tuple[Array, ...] | None = None
    curved: bool = False
    others: tuple[Other, ...] = ()
    located: Located | None = None
    fixed: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    sides: tuple[Cause, ...] = ()
    sample: Sample | None = None

    @property
    def whole(self) -> bool:
        """Whether each element was observed."""
        return self.directions is None

    def seen(self, array: Array) -> Array:
        """What the observations would be if `array` were the gradient."""
        if self.directions is None:
            return np.asarray(array, np.float64).reshape(-1)
        return np.array([np.vdot(array, direction) for direction in self.directions], np.float64)

    @cached_property
    def claimed(self) -> Array:
        """The observations if the claim were right."""
        return self.seen(self.analytic)

    @cached_property
    def residual(self) -> Array:
        """Numeric minus claimed."""
        return self.numeric - self.claimed

    def predicts(self, array: Array) -> bool:
        """Whether `array` is the numeric gradient within the error of every observation."""
        return bool(np.all(np.abs(self.seen(array) - self.numeric) <= self.error))

    @cached_property
    def grid(self) -> Array:
        """The numeric gradient in the block's shape, where each element was observed."""
        return self.numeric.reshape(self.analytic.shape)

    @cached_property
    def bounds(self) -> Array:
        """`error` in the block's shape."""
        return self.error.reshape(self.analytic.shape)

    @cached_property
    def informative(self) -> NDArray[np.bool_]:
        """Which observations are clearly not zero."""
        return np.maximum(np.abs(self.numeric), np.abs(self.claimed)) > CLEAR * self.error


def observed(  # noqa: PLR0913, PLR0917 - what an element's error consists of
    name: str, theta: Array, analytic: Array, numeric: Array, error: Array, epsilon: float, *, curved: bool
) -> Evidence:
    """Evidence from every element of a block.

    Args:
        name: The block's name.
        theta: The block's values.
        analytic: The claimed derivative for each element.
        numeric: The numeric one.
        error: Its error.
        epsilon: The precision in which both were computed.
        curved: Whether the block has tangents.
    """
    rounding = ROUNDING * epsilon * (np.abs(analytic) + np.abs(numeric))
    values = np.asarray(theta, np.float64)
    bound = error + rounding
    # Where the forward is zero throughout nothing is rounded; no element is known better than the others' precision.
    bound = np.maximum(bound, np.finfo(np.float64).eps * bound.max(initial=0.0))
    return Evidence(name, values, analytic.reshape(theta.shape), numeric, bound, curved=curved)


def other_block(result: BlockResult, analytic: Array, *, same_point: bool) -> Other:
    """Another block as the evidence of a wrong one sees it.

    Args:
        result: Its verdict.
        analytic: Its claimed gradient at the wrong block's point.
        same_point: Whether it was measured at that point.
    """
    if result.verdict == "right":
        return Other(result.name, analytic, analytic, np.zeros(analytic.shape))
    known = result.evidence
    if known is None or not known.whole or known.curved or not same_point:
        return Other(result.name, analytic)
    return Other(result.name, analytic, known.grid, known.bounds)
