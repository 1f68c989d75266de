"""Why a gradient is wrong: the form that explains every trial in which it is, if there is just one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.causes.forms.axis_sums import axis_sums
from gradaudit.numerics.causes.forms.numbers import explained_by_numbers
from gradaudit.numerics.causes.forms.other_blocks import swaps
from gradaudit.numerics.causes.forms.partial import BITS, CHOSEN, partial_errors, slice_factors
from gradaudit.numerics.causes.forms.rearrangements import rearrangements
from gradaudit.numerics.results.cause import Cause

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gradaudit.numerics.results.evidence import Evidence

# Without a fitted number one clear element agrees by chance once in 1e6 or so; two leave no doubt.
ENOUGH = 2


@dataclass(frozen=True, eq=False)
class Case:
    """A block of one trial that is wrong.

    Attributes:
        evidence: What is known of it.
        sizes: The trial's named sizes.
        unit: What a gradient is multiplied by in this trial: the upstream gradient of a scalar output, else 1.
    """

    evidence: Evidence
    sizes: Mapping[str, int] = field(default_factory=dict)
    unit: float = 1.0


def diagnose(cases: Sequence[Case], passed: Sequence[Mapping[str, int]] = ()) -> Cause | None:
    """The cause that all trials agree on; None where there is none, or more than one.

    Forms are tried in a fixed order, the simplest first. A form counts if it explains every observation of every trial
    within its error, and if more elements say so than it has free numbers: a factor can always be found for a single
    element, but not the same one in three trials.

    Args:
        cases: The trials in which the block is wrong, the one to be described first.
        passed: The named sizes of those in which it is right.
    """
    if all(not case.evidence.analytic.any() for case in cases):
        return Cause("zero")
    if any(not case.evidence.numeric.size for case in cases):
        return None
    if any(case.evidence.located is not None or not case.evidence.analytic.any() for case in cases):
        # Where a claim is zero, a part of it may have been forgotten: the first row, in a trial with one row.
        return _in_part(cases)
    exchanged = _agreed([swaps(case.evidence) for case in cases])
    if exchanged is not None and exchanged.mutual:
        return exchanged  # one explanation of two blocks rather than two
    numbers = explained_by_numbers(cases, passed)
    if numbers.cause is not None or numbers.ambiguous:
        return numbers.cause
    return (
        _agreed([rearrangements(case.evidence) for case in cases])
        or exchanged
        or _agreed([axis_sums(case.evidence) for case in cases])
        or _in_part(cases)
        or _agreed([slice_factors(case.evidence) for case in cases])
        or numbers.varying
    )


def _in_part(cases: Sequence[Case]) -> Cause | None:
    """What is wrong in part, by the trials that show it: of a large block no element may be known."""
    every = [case.evidence for case in cases]
    explanations = [list(partial_errors(evidence)) for evidence in every]
    # Where a part of one large block was found, another in which none was contradicts it.
    if any(known and not evidence.whole for evidence, known in zip(every, explanations, strict=True)):
        return _agreed(map(iter, explanations))
    whole = [iter(known) for evidence, known in zip(every, explanations, strict=True) if evidence.whole]
    cause = _agreed(whole) if whole else None
    # What chooses the wrong elements by their values is looked for in large blocks as well.
    return None if cause is not None and cause.how in CHOSEN and len(whole) < len(every) else cause


def _agreed(explanations: Iterable[Iterator[Cause]]) -> Cause | None:
    """The first of the first trial's explanations that every trial has, with the support of all of them."""
    first, *rest = [list(causes) for causes in explanations]
    for cause in first:
        matching = [next((c for c in causes if _same(c, cause)), None) for causes in rest]
        if any(match is None for match in matching):
            continue
        every = [cause, *(match for match in matching if match is not None)]
        support = sum(each.support for each in every)
        if support >= (BITS if cause.how in CHOSEN else ENOUGH):
            return _summed(every, support)
    return None


# Sizes, and with them the form of the wrong part, differ between trials: a row of a matrix is an element of a column.
_PARTS = frozenset({"element", "slice", "elements"})
# Of a large block not all elements are known.
_SOME = frozenset({"elements", "some"})


def _same(one: Cause, other: Cause) -> bool:
    """Whether two trials tell of the same mistake."""
    if one.kind == other.kind == "partial" and any({one.how, other.how} <= parts for parts in (_PARTS, _SOME)):
        return True
    alike = (one.kind, one.how, one.other) == (other.kind, other.how, other.other)
    return alike and (one.axes, one.order) == (other.axes, other.order)


def _summed(every: list[Cause], support: int) -> Cause:
    """The cause as the trial shows it that says most, with a factor only if all trials have it."""
    cause = every[0]
    if cause.kind == "partial":
        # Where no place is shared by all trials, one is named where one is known.
        cause = max(every, key=lambda each: (bool(each.indices), each.support))
        same = all(_close(cause.numbers, each.numbers) for each in every if each.support)
        cause = replace(cause, numbers=cause.numbers if same else ())
    return replace(cause, mutual=all(each.mutual for each in every), support=support)


def _close(some: tuple[float, ...], others: tuple[float, ...]) -> bool:
    return len(some) == len(others) and bool(np.allclose(some, others, rtol=1e-6))
