"""Further trials of an audit that has failed: at sizes, or with inputs, that tell one explanation from another."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

from gradaudit.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradaudit.runner.trials.trial import TrialResult


@dataclass
class Reruns:
    """Further trials, as many as have been asked for while there is time.

    Attributes:
        run: Runs the trial of a number, with ``sizes=`` or ``inputs=`` in place of those that are declared.
        regular: How many trials the audit has by itself; theirs are the first numbers.
        until: When no other is begun: what an audit has found is worth more than its timeout.
        results: What those that could be run have found.
        asked: How many were asked for.
    """

    run: Callable[..., TrialResult]
    regular: int
    until: float
    results: list[TrialResult] = field(default_factory=list)
    asked: int = 0

    def at_sizes(self, sizes: Mapping[str, int]) -> TrialResult | None:
        """A trial at those sizes with draws of its own; None where it can't be run."""
        return self._tried(self.regular + self.asked, sizes=sizes)

    def with_inputs(self, number: int, inputs: Any, sizes: Mapping[str, int]) -> TrialResult | None:
        """A trial with the draws of a regular one, but for inputs that are declared otherwise, and sizes."""
        return self._tried(number, sizes=sizes, inputs=inputs)

    def _tried(self, number: int, **changed: Any) -> TrialResult | None:
        if perf_counter() > self.until:
            return None
        self.asked += 1
        try:
            result = self.run(number, **changed)
        except AuditError:
            return None  # sizes that nobody asked for may be none of those that the code is made for
        self.results.append(result)
        return result
