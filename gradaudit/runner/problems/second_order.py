"""Second derivatives (``order=2``): a Hessian or a Hessian-vector product, held against slopes of the forward.

Along one random vector w the slope of the forward, θ → ⟨∇f(θ), w⟩, is a function like any other, and what is claimed of
its gradient is the Hessian times w. The vector stands where an upstream gradient stands in a first-order audit.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit.errors import AuditError
from gradaudit.numerics.derivatives.slope import Slope, draw_direction, slope_along
from gradaudit.numerics.problems.problem import Evaluation
from gradaudit.runner.problems.audited_problem import AuditedFunction
from gradaudit.runner.problems.pairing import pair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.numerics.problems.problem import Point
    from gradaudit.runner.problems.evaluator import Evaluator

NOTE = "second order: the product of the Hessian with a random vector is compared, row by row"


class AuditedSlope(AuditedFunction):
    """θ → ⟨∇f(θ), w⟩ of all leaves, and its claimed gradient, the Hessian times w.

    Raises:
        AuditError: GA004, the forward is no scalar function of arrays that may move freely.
    """

    def __init__(self, evaluator: Evaluator, outputs: Sequence[Any], rng: np.random.Generator) -> None:
        _check_scalar(outputs)
        for leaf in evaluator.leaves:
            if leaf.tangents is not None:
                message = f"order=2 is not supported for {leaf.name}, which may only move along tangents"
                raise AuditError("GA004", message, help="draw it by a shape, or leave it out by wrt=")
        vectors = draw_direction(tuple(leaf.value for leaf in evaluator.leaves), rng)
        super().__init__(evaluator, vectors, None)
        self._slope_at_base: Evaluation | None = None

    @property
    def unit(self) -> float:
        """One: the forward's own scalar is differentiated."""
        return 1.0

    def paired(self, outputs: Sequence[Any], upstreams: Sequence[Any] | None = None) -> Evaluation:
        """The scalar itself, whatever the vectors are."""
        del upstreams
        return pair(outputs, tuple(np.ones(output.shape) for output in outputs))

    def evaluate(self, point: Point) -> Evaluation:
        """The slope, by eight forward evaluations; none at the base point, where it is known."""
        if not all(array is base for array, base in zip(point, self.base, strict=True)):
            return self.slope.evaluate(point)
        if self._slope_at_base is None:
            self._slope_at_base = self.slope.evaluate(point)
        return self._slope_at_base

    def evaluate_many(self, points: Sequence[Point]) -> Sequence[Evaluation]:
        """The slope at each of the points, one after another."""
        return [self.evaluate(point) for point in points]

    @cached_property
    def slope(self) -> Slope:
        """The slope along the vectors, with the step that is best at the base point."""
        chosen = slope_along(self._tried, self.base, tuple(self.upstreams))
        return replace(chosen, function=super().evaluate)

    def _tried(self, point: Point) -> Evaluation:
        """The forward; not finite where it raises, which a smaller step may avoid."""
        try:
            return super().evaluate(point)
        except AuditError as error:
            if error.code != "GA006":
                raise
            return Evaluation(math.nan, math.nan, 0.0)


def _check_scalar(outputs: Sequence[Any]) -> None:
    if len(outputs) == 1 and outputs[0].size == 1:
        return
    shapes = ", ".join(str(output.shape) for output in outputs)
    message = f"order=2 is the second derivative of a scalar, but the forward's output has shape {shapes}"
    remedy = "where the forward is the gradient itself, leave order= out: the Hessian is its Jacobian"
    raise AuditError("GA004", message, help=remedy)
