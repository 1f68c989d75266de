"""One direction through a block, restricted to some of its elements: what of a residual do those contribute?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.arrays.norms import product_norm
from gradaudit.numerics.derivatives.direction import Direction
from gradaudit.numerics.derivatives.line import Line
from gradaudit.numerics.residuals.estimates import Estimate, by_pair, by_stencil

if TYPE_CHECKING:
    from gradaudit.numerics.derivatives.base_point import BasePoint
    from gradaudit.numerics.derivatives.line import Pairs
    from gradaudit.numerics.problems.problem import Array, Problem
    from gradaudit.numerics.results.parts import Elements


@dataclass(frozen=True, eq=False)
class Probe:
    """Measures residuals along restrictions of a direction v through one block.

    Derivatives are linear in the direction: residuals along disjoint restrictions add up to that along v itself.

    Attributes:
        problem: The problem.
        base: The point.
        block: The block; one that may move in all directions.
        direction: v, shaped like the block.
        width: The unit that its entries are multiples of.
        rough: What a pair of points may have in truncation, in units of h²·s.
        stencils: Whether residuals are measured by four evaluations instead of two.
    """

    problem: Problem
    base: BasePoint
    block: int
    direction: Array
    width: float
    rough: float
    stencils: bool = False
    _singles: dict[int, Estimate] = field(default_factory=dict)
    _pairs: dict[int, Pairs] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, ...]:
        """The block's shape."""
        return self.base.point[self.block].shape

    @property
    def claimed(self) -> Array:
        """The block's claimed gradient, flat."""
        return self.base.gradient[self.block].reshape(-1)

    def residual(self, elements: Elements, weights: Array | float = 1.0, enough: float = 0.0) -> Estimate:
        """The residual along v restricted to `elements`; of one element from what is known of it alone.

        Args:
            elements: The elements.
            weights: What each of them is multiplied by, or all.
            enough: An error that does no harm; 0 for the least.
        """
        if elements.size == 1 and np.ndim(weights) == 0:
            element = int(elements[0])
            return self.single(element).times(float(self.direction.reshape(-1)[element] * weights / self.width))
        return self._along(self.line(self.restricted(elements, weights)), enough)

    def _along(self, line: Line, enough: float) -> Estimate:
        return by_stencil(line, enough) if self.stencils else by_pair(line, enough, self.rough)

    def restricted(self, elements: Elements, weights: Array | float = 1.0) -> Array:
        """The entries of v for `elements`, weighted, and zeros."""
        part = np.zeros(self.direction.size)
        part[elements] = self.direction.reshape(-1)[elements] * weights
        return part.reshape(self.shape)

    def line(self, part: Array, pairs: Pairs | None = None) -> Line:
        """The line along an array of the block's shape; all other blocks stay."""
        only = self.block
        blocks = range(len(self.base.point))
        direction = Direction(
            tuple(part if block == only else None for block in blocks),
            tuple(self.width if block == only else 0.0 for block in blocks),
            tuple(product_norm(self.claimed, part.reshape(-1)) if block == only else 0.0 for block in blocks),
        )
        return Line(self.problem, self.base, direction, pairs=pairs)

    def single(self, element: int) -> Estimate:
        """The residual along one element, `width` times that of its derivative; measured once."""
        if element not in self._singles:
            part = np.zeros(self.direction.size)
            part[element] = self.width
            line = self.line(part.reshape(self.shape), self._pairs.setdefault(element, {}))
            self._singles[element] = self._along(line, 0.0)
        return self._singles[element]

    @property
    def known(self) -> Elements:
        """The single elements that were measured."""
        return np.array(sorted(self._singles), np.int64)

    def careful(self) -> Probe:
        """The same, with four evaluations each; of those of single elements two may be known."""
        return replace(self, stencils=True, _singles={})
