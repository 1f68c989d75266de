"""Which sizes decide whether a gradient is right: a dozen trials at others, after some were right and some wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradaudit.numerics.causes.coincidence import surprise
from gradaudit.numerics.causes.size_conditions import (
    Condition,
    Observation,
    confirming,
    contradictory,
    fitting,
    telling,
)
from gradaudit.runner.verdicts.diagnosed import is_right

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradaudit.runner.trials.findings import Compared
    from gradaudit.runner.trials.trial import TrialResult
    from gradaudit.runner.verdicts.diagnosed import Diagnosed
    from gradaudit.runner.verdicts.reruns import Reruns

# Some ten conditions on the sizes fit three trials; CERTAIN below asks for eight or nine more then, a few can't be run.
MOST = 12
# How improbable, in bits, it has to be that the values drawn make a condition on the sizes fit: once in 32 mistakes
# that depend on values. Right and wrong trials in equal numbers fit by chance once in 2 to their number at best,
# whatever share of trials goes wrong.
CERTAIN = 5.0


@dataclass(frozen=True)
class SizeDependent:
    """The sizes decide.

    Attributes:
        condition: How.
        observations: Right and wrong, the regular trials first.
    """

    condition: Condition
    observations: tuple[Observation, ...]


@dataclass(frozen=True)
class ValueDependent:
    """Right and wrong at the same sizes: these alone do not decide."""


def size_dependences(
    mixed: Sequence[Diagnosed],
    results: Sequence[TrialResult],
    reruns: Reruns,
    allows: Callable[[str, int], bool],
) -> dict[str, SizeDependent | ValueDependent]:
    """What decides of each gradient that is right in some trials and wrong in others, as far as it could be found out.

    Args:
        mixed: Those gradients.
        results: The regular trials.
        reruns: Makes others; they are looked at for all gradients at once.
        allows: Whether a size may have a value.
    """
    searches = [_Search(each, [o for result in results if (o := observation(result, each.name))]) for each in mixed]
    asked: list[Mapping[str, int]] = []
    for search in searches:
        while len(asked) < MOST and (sizes := search.question(asked, allows)) is not None:
            asked.append(sizes)
            result = reruns.at_sizes(sizes)
            for each in searches:
                each.told(result)
    found = {search.gradient.name: search.answer(asked, allows) for search in searches}
    return {name: answer for name, answer in found.items() if answer is not None}


def observation(result: TrialResult, name: str) -> Observation | None:
    """What a trial says of a gradient; None where that is neither wrong nor clearly right."""
    found = _compared(result, name)
    if found is None or not (found.block.verdict == "wrong" or is_right(found)):
        return None
    return Observation(dict(found.sizes), found.block.verdict == "wrong")


def _compared(result: TrialResult, name: str) -> Compared | None:
    return next((each for each in result.compared if each.block.name == name), None)


class _Search:
    """What is known of one gradient."""

    def __init__(self, gradient: Diagnosed, regular: Sequence[Observation]) -> None:
        self.gradient = gradient
        self._regular = tuple(regular)
        self._further: list[Observation] = []
        self._right = sum(_elements(each) for each in gradient.right)

    @property
    def _all(self) -> tuple[Observation, ...]:
        return (*self._regular, *self._further)

    def told(self, result: TrialResult | None) -> None:
        """Take notice of a further trial."""
        seen = observation(result, self.gradient.name) if result is not None else None
        if result is None or seen is None:
            return
        self._further.append(seen)
        found = _compared(result, self.gradient.name)
        if found is not None and not seen.wrong:
            self._right += _elements(found)

    def question(
        self, asked: Sequence[Mapping[str, int]], allows: Callable[[str, int], bool]
    ) -> Mapping[str, int] | None:
        """The sizes to look at next; None where nothing is left to be asked."""
        if contradictory(self._all) or len({each.wrong for each in self._all}) < 2:
            return None
        conditions = fitting(self._all)
        sizes = telling(conditions, self._all, asked, allows)
        if sizes is not None or self._is_borne_out:
            return sizes
        first = conditions[0] if conditions else None
        wrong = self._count(wrong=True) < self._count(wrong=False)
        return confirming(first, self._all, asked, allows, wrong=wrong)

    def answer(
        self, asked: Sequence[Mapping[str, int]], allows: Callable[[str, int], bool]
    ) -> SizeDependent | ValueDependent | None:
        """What decides; None where that is not certain."""
        if contradictory(self._all):
            return ValueDependent()
        if not self._is_borne_out:
            return None
        conditions = fitting(self._all)
        # Two that have not been told apart are no answer, unless nothing could tell them apart.
        certain = bool(conditions) and telling(conditions, self._all, asked, allows) is None
        return SizeDependent(conditions[0], self._all) if certain else None

    @property
    def _is_borne_out(self) -> bool:
        """Whether further trials agree so often that it is no chance, neither by trials nor by elements."""
        evidence = [each.block.evidence for each in self.gradient.wrong if each.block.evidence is not None]
        # One of several conditions fits by chance the more easily.
        bits = CERTAIN + math.log2(max(1, len(fitting(self._regular))))
        pairs = min(self._count(wrong=True), self._count(wrong=False))
        return 2 * pairs >= bits and surprise(evidence, self._right) >= bits

    def _count(self, *, wrong: bool) -> int:
        """The further trials that went so; without a condition, those at sizes that had been seen before."""
        fits = bool(fitting(self._all))
        seen = [each.sizes for each in self._regular]
        count = 0
        for each in self._further:
            count += each.wrong is wrong and (fits or each.sizes in seen)
            seen.append(each.sizes)
        return count


def _elements(compared: Compared) -> int:
    count = 1
    for size in compared.block.shape:
        count *= size
    return count
