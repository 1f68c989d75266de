"""Is the gradient right? A verdict along one line counts only when a point nearby, along another line, agrees."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from gradaudit.numerics.derivatives.base_point import COARSE, JITTER, measure, nearby
from gradaudit.numerics.derivatives.direction import NEGLIGIBLE, draw
from gradaudit.numerics.derivatives.line import Line
from gradaudit.numerics.verdicts.judgement import Judgement, judge, look
from gradaudit.numerics.verdicts.zeros import may_be_even, vanishes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from gradaudit.numerics.derivatives.base_point import BasePoint
    from gradaudit.numerics.derivatives.direction import Direction
    from gradaudit.numerics.problems.problem import Problem

# Up to here all elements of a block are compared, which costs two evaluations each.
SMALL = 256

# What keeps the point that was asked about from being judged.
Moved: TypeAlias = Literal["", "kink", "edge", "noise"]

# A point nearby may itself lie within reach of a kink; that three do is a property of the function.
TRIES = 3
# A point nearby at which φ is not finite is followed by a nearer one; so is one at which nothing is left of a gradient
# that was in doubt, since zero is right there whatever is wrong here.
CLOSER = 0.1
FADED = 1e-3
NEAREST = 1e-9
# The rounding of float32.
SINGLE = 2.0**-23


class Ruling(NamedTuple):
    """A judgement that holds, and where it was made.

    Attributes:
        judgement: Right, wrong or undecided.
        base: The point that it was made at.
        direction: The direction that it was made along.
        moved: Why it was not made at the point that was asked about; empty where it was.
        vanishing: Whether the gradient was zero, but for rounding, at every point at which it was found right.
    """

    judgement: Judgement
    base: BasePoint
    direction: Direction
    moved: Moved = ""
    vanishing: bool = False

    @property
    def is_coarse(self) -> bool:
        """Whether something is in less than float64: the dtypes say so, or the noise of φ is that of float32."""
        if self.judgement.quantum:
            return False
        return self.base.coarse or COARSE < self.judgement.precision <= SINGLE


@dataclass(frozen=True, eq=False)
class Court:
    """What is judged: some blocks of a problem's gradient.

    Attributes:
        problem: The problem.
        blocks: The blocks that move.
        rng: Chooses directions and points nearby.
        fixed: Arrays that the function depends on beside its blocks, by name, such as labels and masks.
    """

    problem: Problem
    blocks: tuple[int, ...]
    rng: np.random.Generator
    fixed: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)

    def line(self, base: BasePoint, direction: Direction | None = None) -> Line:
        """A line through `base`, in a fresh direction unless one is given."""
        if direction is None:
            direction = draw(self.problem, base, self.blocks, self.rng)
        zero = direction.size <= self._negligible(base) and all(
            vanishes(self.problem, base, block, direction.sizes[block], self.rng) for block in self.blocks
        )
        return Line(self.problem, base, direction, vanishing=zero)

    def is_divisible(self, block: int) -> bool:
        """Whether parts of it are looked for: a small block's are seen one by one, and a curved one has no elements."""
        return self.problem.point[block].size > SMALL and self.problem.tangents[block] is None

    def _negligible(self, base: BasePoint) -> float:
        everything = len(self.blocks) == len(base.point)
        return NEGLIGIBLE * base.epsilon * (base.magnitude if everything else max(base.magnitude, base.change))


def adjudicate(court: Court, base: BasePoint, line: Line | None = None, *, doubts: tuple[float, ...] = ()) -> Ruling:
    """Judge at `base`; at points nearby as well, unless it is right there and φ can't be even about `base`.

    Wrong twice is wrong: a kink at one point is not at another. Right at a point nearby is right, if the tolerance
    there would have shown what was seen before. Anything else is undecided.

    Args:
        court: The blocks to judge.
        base: The point to start at.
        line: The first line through it; one in a fresh direction by default.
        doubts: Residuals that were seen elsewhere; where there are some, the cheapest look is not enough.
    """
    line = line or court.line(base)
    first = (None if doubts else look(line)) or judge(line, doubts)
    ruling = Ruling(first, base, line.direction, vanishing=line.vanishing)
    right = first.verdict == "right"
    if right and not (line.vanishing or any(may_be_even(base, block) for block in court.blocks)):
        return ruling
    wrong = [ruling] if first.verdict == "wrong" else []
    agreed: Ruling | None = None
    why: Moved = "kink" if first.reason == "kink" else "edge" if first.reason == "not-finite" else "noise"
    for fresh in _around(court, ruling, faded=right):
        line = court.line(fresh)
        residuals = tuple(_as_seen_from(line, each.judgement) for each in wrong)
        judgement = (look(line) if right and not wrong else None) or judge(line, residuals)
        again = Ruling(judgement, fresh, line.direction, moved=why, vanishing=line.vanishing)
        if judgement.verdict == "right":
            ruling = ruling._replace(vanishing=ruling.vanishing and line.vanishing)
            agreed = ruling if right else again
            seen = [bool(fresh.gradient[block].any()) for block in court.blocks]
            if not (right and wrong) and (all(seen) if right else any(seen)):
                return agreed
        if judgement.verdict == "wrong":
            wrong.append(again)
        if len(wrong) == 2:
            return wrong[0]
    if agreed is not None and not wrong:
        return agreed
    return ruling if first.verdict == "undecided" else _unsettled(ruling)


def _around(court: Court, ruling: Ruling, *, faded: bool) -> Iterator[BasePoint]:
    """Points nearby at which something can be seen; with `faded` also those at which next to nothing has a gradient."""
    distance, tries = JITTER, 0
    while tries < TRIES and distance > NEAREST:
        fresh = measure(court.problem, nearby(court.problem, ruling.base.point, court.rng, distance))
        reach = math.hypot(*(fresh.changes[block] for block in court.blocks))
        if fresh.finite and (faded or reach >= FADED * math.hypot(*(ruling.base.changes[b] for b in court.blocks))):
            tries += 1
            yield fresh
        else:
            tries += not fresh.finite  # the edge of the domain is near, or that of the region where φ varies
            distance *= CLOSER


def _as_seen_from(line: Line, judgement: Judgement) -> float:
    """A residual of another line, in the scale of this one: directions are balanced differently at each point."""
    return judgement.residual * line.scale / judgement.scale if judgement.scale else judgement.residual


def _unsettled(ruling: Ruling) -> Ruling:
    """Wrong at the point, neither right nor wrong at any nearby: not enough to accuse."""
    return ruling._replace(judgement=ruling.judgement._replace(verdict="undecided", reason="noise"))
