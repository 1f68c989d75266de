"""A trial's check, kept so that it can be repeated with gradients that are wrong on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gradaudit.errors import AuditError
from gradaudit.numerics.derivatives.base_point import measure
from gradaudit.runner.trials.gradient_outcomes import ENDINGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradaudit.numerics.problems.distortions import Distortion
    from gradaudit.numerics.problems.problem import Problem
    from gradaudit.numerics.results.agreement import BlockResult, CheckResult
    from gradaudit.records.verdict import Verdict


@dataclass(frozen=True, eq=False)
class Examination:
    """A trial's check, which can be repeated on the same inputs along the same directions.

    Attributes:
        problem: What was checked.
        examine: The check.
        result: What it found.
    """

    problem: Problem
    examine: Callable[[Problem], CheckResult]
    result: CheckResult

    @cached_property
    def verified(self) -> dict[str, float]:
        """The gradients of which something was verified, each with how far it moves φ."""
        changes = measure(self.problem, self.problem.point).changes
        return {
            block.name: change
            for block, change in zip(self.result.blocks, changes, strict=True)
            if block.verdict == "right" and not block.vanishes
        }

    def block(self, name: str) -> tuple[int, BlockResult]:
        """A gradient's place among the blocks, and what the check said of it."""
        return next((b, block) for b, block in enumerate(self.result.blocks) if block.name == name)

    def ending(self, name: str, distorted: Distortion) -> Verdict:
        """What the check says of a gradient that is distorted."""
        from gradaudit.numerics.problems.distortions import Distorted

        block, _ = self.block(name)
        try:
            result = self.examine(Distorted(self.problem, block, distorted.change))
        except AuditError:  # at a point that is only looked at where something is wrong
            return "error"
        return ENDINGS[result.blocks[block].verdict]
