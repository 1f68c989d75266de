"""A problem of which φ is evaluated once at each point, however often it is asked for."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gradaudit.numerics.problem import Evaluation, Point, Problem, Tangents

# Points are told apart by 128 bits of a digest: of a million, two collide with a probability of 1e-27.
DIGEST_BYTES = 16


class Remembered:
    """What several checks of one function share when only the gradient that is claimed differs between them."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._known: dict[bytes, Evaluation] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Those of the problem."""
        return self._problem.names

    @property
    def point(self) -> Point:
        """That of the problem."""
        return self._problem.point

    @property
    def tangents(self) -> tuple[Tangents | None, ...]:
        """Those of the problem."""
        return self._problem.tangents

    def evaluate(self, point: Point) -> Evaluation:
        """φ at a point; no forward evaluation where one has been made."""
        digest = blake2b(digest_size=DIGEST_BYTES)
        for block in point:
            digest.update(np.ascontiguousarray(block).data)
        key = digest.digest()
        if key not in self._known:
            self._known[key] = self._problem.evaluate(point)
        return self._known[key]

    def gradient(self, point: Point) -> Point:
        """The gradient, computed each time: it is as large as the point."""
        return self._problem.gradient(point)
