"""Many points in one call of the audited forward, where its framework can map a function over an axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.numerics.problems.problem import Evaluation, Point
    from gradaudit.runner.problems.audited_problem import AuditedFunction

# Another order of summation moves φ by some of its last digits; a function that is not the same for a batch by all.
REORDERED = 1e3


class Batches:
    """Evaluates the scalar function of an audit at many points at once.

    The base point is one of each batch. Where the function is something else there, or can't be mapped over an axis
    because it looks at values or writes to an array, points are evaluated one after another from then on.
    """

    def __init__(self, function: AuditedFunction) -> None:
        self._function = function
        self._possible = hasattr(function.evaluator.framework, "batched")

    def evaluate(self, points: Sequence[Point]) -> Sequence[Evaluation]:
        """φ at each of the points."""
        if self._possible and len(points) > 1:
            found = self._at_once([*points, self._function.base])
            expected = self._function.evaluate(self._function.base)
            if found is not None and _agree(found[-1], expected):
                return found[:-1]
            self._possible = False
        return [self._function.evaluate(point) for point in points]

    def _at_once(self, points: Sequence[Point]) -> list[Evaluation] | None:
        try:
            outputs = self._function.evaluator.outputs_at_once(points)
            return [self._function.paired([array[k] for array in outputs]) for k in range(len(points))]
        except Exception:  # noqa: BLE001 - whatever it is, it comes again when points are evaluated one by one
            return None


def _agree(one: Evaluation, other: Evaluation) -> bool:
    if not np.isfinite(other.value):
        return not np.isfinite(one.value)
    return abs(one.value - other.value) <= REORDERED * other.epsilon * other.magnitude


def stacked(points: Sequence[Point], base: Point) -> list[tuple[Any, bool]]:
    """For each block its arrays along a new first axis, and whether they are; the block itself where none has moved.

    >>> a, b = np.zeros(2), np.ones(3)
    >>> [(array.shape, moves) for array, moves in stacked([(a, b), (a, b + 1)], (a, b))]
    [((2,), False), ((2, 3), True)]
    """
    found = []
    for block, original in enumerate(base):
        moves = any(point[block] is not original for point in points)
        found.append((np.stack([point[block] for point in points]) if moves else original, moves))
    return found
