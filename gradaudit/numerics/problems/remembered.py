"""A problem of which φ is evaluated once at each point, however often it is asked for."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.problems.many_points import evaluations
from gradaudit.numerics.problems.problem import SameProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.numerics.problems.problem import Evaluation, Point, Problem

# Points are told apart by 128 bits of a digest: of a million, two collide with a probability of 1e-27.
DIGEST_BYTES = 16


class Remembered(SameProblem):
    """What several checks of one function share when only the gradient that is claimed differs between them.

    Gradients are computed each time: they are as large as the point.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self._known: dict[bytes, Evaluation] = {}

    def evaluate(self, point: Point) -> Evaluation:
        """φ at a point; no forward evaluation where one has been made."""
        key = _key(point)
        if key not in self._known:
            self._known[key] = self._problem.evaluate(point)
        return self._known[key]

    def evaluate_many(self, points: Sequence[Point]) -> Sequence[Evaluation]:
        """φ at many points; together, where the problem can, those at which it has not been evaluated."""
        unknown = {key: point for point in points if (key := _key(point)) not in self._known}
        self._known.update(zip(unknown, evaluations(self._problem, unknown.values()), strict=True))
        return [self._known[_key(point)] for point in points]


def _key(point: Point) -> bytes:
    digest = blake2b(digest_size=DIGEST_BYTES)
    for block in point:
        digest.update(np.ascontiguousarray(block).data)
    return digest.digest()
