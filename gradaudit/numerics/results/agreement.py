"""What a check found: for each block a verdict with its difference, and how much of that may be numerical error."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from gradaudit.numerics.differences import Grade
    from gradaudit.numerics.results.evidence import Evidence

Verdict: TypeAlias = Literal["right", "wrong", "undecided"]
Reason: TypeAlias = Literal["", "kink", "noise", "not-finite", "rounded"]
CheckMode: TypeAlias = Literal["elementwise", "directional"]


@dataclass(frozen=True)
class Worst:
    """The element that differs most of those that were compared.

    Attributes:
        index: Where it is in its block.
        analytic: The derivative that is claimed; along the tangent that belongs to the element, where there is one.
        numeric: The derivative by numerical differentiation.
    """

    index: tuple[int, ...]
    analytic: float
    numeric: float


@dataclass(frozen=True)
class BlockResult:
    """The verdict on one block of the gradient.

    Attributes:
        name: The block's name.
        shape: Its shape.
        verdict: "undecided" is never a pass.
        difference: ‖a - n‖ / (‖a‖ + ‖n‖), or an upper estimate of it where one direction saw no error; NaN where
            nothing finite could be compared.
        error_bound: What numerical errors may contribute to `difference`; infinite where it is NaN.
        grade: The literature's grade of `difference`.
        worst: The element that differs most, where elements were compared and one of them differs.
        reason: Why it is undecided, else empty.
        slopes: The left and right derivatives along the direction, where the block is undecided because of a kink.
        tolerance: The numerical error of the derivative along the direction (for elements: its norm), in φ's unit.
        scale: The size of derivative that `tolerance` is held against, in the same unit.
        quantum: The grid that the function's values are rounded to, where that is why it is undecided and it is known.
        vanishes: Whether it is right because both gradients are zero, but for rounding, wherever they were looked at:
            then nothing was verified of it.
        evidence: Where the block is wrong, be it by less than the threshold, what was measured of it: `diagnosis` finds
            the cause by that.
    """

    name: str
    shape: tuple[int, ...]
    verdict: Verdict
    difference: float
    error_bound: float
    grade: Grade
    worst: Worst | None = None
    reason: Reason = ""
    slopes: tuple[float, float] | None = None
    tolerance: float = 0.0
    scale: float = 0.0
    quantum: float = 0.0
    vanishes: bool = False
    evidence: Evidence | None = field(default=None, compare=False)


class CheckResult(NamedTuple):
    """The verdict on a gradient.

    Attributes:
        blocks: A result for each block, in the problem's order.
        difference: The largest of the blocks' differences; NaN where none is known.
        overall_difference: That of all blocks concatenated (textbook check); for directions the same as `difference`.
        detects: The smallest error of a single element, relative to the norm of its block's gradient, that the check
            would have seen in every block that passed; None where no such block has a gradient.
        mode: How it was checked.
        notes: What a reader of the verdict should know.
    """

    blocks: tuple[BlockResult, ...]
    difference: float
    overall_difference: float
    detects: float | None
    mode: CheckMode
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Wrong if a block is, else undecided if one is, else right."""
        verdicts = {block.verdict for block in self.blocks}
        if "wrong" in verdicts:
            return "wrong"
        return "undecided" if "undecided" in verdicts else "right"


def largest(blocks: tuple[BlockResult, ...]) -> float:
    """The largest difference of the blocks that have one; NaN where there are blocks and none has one."""
    known = [block.difference for block in blocks if not math.isnan(block.difference)]
    return max(known, default=math.nan if blocks else 0.0)
