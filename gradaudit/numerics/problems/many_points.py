"""φ at many points: one after another, or as many at once as somebody who has an array framework can evaluate."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gradaudit.numerics.problems.problem import Evaluation, Point, Problem

# Elements of all the points that are evaluated at once, 8 MiB of float64: what a forward makes of them may be a hundred
# times as large, and still fits into memory.
AT_ONCE = 2**20


@runtime_checkable
class ManyPoints(Protocol):
    """A problem that evaluates several points in fewer calls than one each."""

    def evaluate_many(self, points: Sequence[Point]) -> Sequence[Evaluation]:
        """The same, to rounding, as `Problem.evaluate` at each of the points."""
        ...


def evaluations(problem: Problem, points: Iterable[Point]) -> Iterator[Evaluation]:
    """φ at each of the points, in order.

    Args:
        problem: The problem; one that is `ManyPoints` is given as many of them at once as memory allows.
        points: Where; they are made when they are needed.
    """
    if not isinstance(problem, ManyPoints):
        yield from map(problem.evaluate, points)
        return
    size = sum(block.size for block in problem.point)
    remaining = iter(points)
    while chunk := list(islice(remaining, max(2, AT_ONCE // max(1, size)))):
        yield from problem.evaluate_many(chunk)
