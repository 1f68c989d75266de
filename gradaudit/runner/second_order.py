"""Second derivatives (``order=2``): a Hessian or a Hessian-vector product, held against slopes of the forward.

Along one random vector w the slope of the forward, θ → ⟨∇f(θ), w⟩, is a function like any other, and what is claimed of
its gradient is the Hessian times w. The vector stands where an upstream gradient stands in a first-order audit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit import binding
from gradaudit.errors import AuditError
from gradaudit.numerics.problem import Evaluation
from gradaudit.numerics.slope import Slope, draw_direction, slope_along
from gradaudit.runner.audited_problem import AuditedFunction
from gradaudit.runner.differentiable import Evaluator, pair
from gradaudit.runner.subjects import Forwarded, Pair, Returned, Subject, Values

if TYPE_CHECKING:
    from gradaudit.numerics.problem import Point

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


@dataclass(frozen=True)
class SecondDerivative(Pair):
    """A scalar function and its Hessian, or its Hessian-vector product.

    Parameters of the second function that an upstream gradient would be bound to are the vectors, one for each
    differentiated input and shaped like it.
    """

    @property
    def vectors(self) -> tuple[str, ...]:
        """The differentiated inputs."""
        return tuple(dict.fromkeys(str(leaf.path[0]) for leaf in self.wiring.wanted))

    def forward(self, values: Values, parameters: Values) -> Forwarded:
        """Evaluate the forward function; the backward is given the vectors."""
        del parameters
        lookup, outputs, cache = self.evaluated(values)
        taken = binding.upstream_count(self.backward_plan)
        self._check_count(taken)

        def backward(vectors: tuple[Any, ...]) -> Returned:
            returned = self.called(lookup.backward(outputs, cache, vectors))
            if taken == 0 and not (callable(returned) and self.wiring.framework.to_numpy(returned) is None):
                return Returned(self._times(returned, vectors), contracted=True)
            return self.wiring.pull(returned, vectors, contracted=True)

        return Forwarded(outputs, backward)

    def _check_count(self, taken: int | None) -> None:
        if taken in {None, 0, len(self.vectors)}:
            return
        inputs = ", ".join(self.vectors)
        name = binding.name_of(self.backward_function)
        message = f"{name} takes {taken} vectors, but order=2 differentiates by {inputs}"
        remedy = "take a vector for each of them, or say by wrt= which are differentiated"
        raise AuditError("GA004", message, help=remedy)

    def _times(self, returned: Any, vectors: tuple[Any, ...]) -> dict[str, Any]:
        """The Hessian times the vectors, where it came back whole or in a row of blocks for each input."""
        nested = [leaf.name for leaf in self.wiring.wanted if len(leaf.path) > 1]
        if nested:
            message = f"order=2 is not supported for a Hessian by what lies in a container, such as {nested[0]}"
            raise AuditError("GA004", message, help="audit the product of the Hessian with a vector: hvp(x, v)")
        if returned is None:
            return {leaf.name: None for leaf in self.wiring.wanted}
        arrays = {
            name: np.asarray(self.wiring.framework.to_numpy(v)) for name, v in zip(self.vectors, vectors, strict=True)
        }
        rows = dict(zip(self.vectors, map(self.wiring.match, self._rows(returned)), strict=True))
        return {
            column: sum(_times(rows[row][column], arrays, row, column) for row in self.vectors)
            for column in self.vectors
        }

    def _rows(self, returned: Any) -> Sequence[Any]:
        if len(self.vectors) == 1:
            return [returned]
        if isinstance(returned, Mapping) and all(name in returned for name in self.vectors):
            return [returned[name] for name in self.vectors]
        if isinstance(returned, (tuple, list)) and len(returned) == len(self.vectors):
            return returned
        inputs = ", ".join(self.vectors)
        message = f"what came back is no Hessian by {inputs}: it is a {type(returned).__name__}"
        raise AuditError("GA004", message, help=f"return a row of blocks for each of {inputs}, in a tuple or by name")


def _times(block: Any, vectors: Mapping[str, Any], row: str, column: str) -> Any:
    """wᵀH of one block, whose shape is that of the row's input and then that of the column's."""
    vector, shape = vectors[row], vectors[row].shape + vectors[column].shape
    if block is None or block.shape != shape:
        found = "None" if block is None else f"an array of shape {block.shape}"
        message = f"the second derivative by {row} and {column} came back as {found}; it has shape {shape}"
        raise AuditError("GA004", message, help="return the Hessian, or take a vector and return their product")
    return np.tensordot(vector, block, axes=vector.ndim)


def inputs_of_vectors(subject: Subject) -> tuple[str, ...]:
    """The inputs that a second derivative's vectors are shaped like; none for a first derivative."""
    return subject.vectors if isinstance(subject, SecondDerivative) else ()
