"""What an audit can't claim to have verified: gradients that are zero wherever it looked, and those that are no number.

That zero is right where the numeric gradient is zero says nothing of the formula: most wrong ones are zero there too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gradaudit.records.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.records.outcome import Outcome
    from gradaudit.runner.trials.findings import Compared


def as_verified(outcome: Outcome, trials: Sequence[Sequence[Compared]]) -> Outcome:
    """The outcome of an audit, inconclusive rather than passed where nothing was verified.

    Args:
        outcome: What the trials say.
        trials: For each trial what was compared.
    """
    compared = dict.fromkeys(each.block.name for trial in trials for each in trial)
    zero = zero_everywhere(trials)
    if outcome.verdict == "passed" and compared and len(zero) == len(compared):
        return _nothing_verified(outcome, zero)
    passed = {gradient.name for gradient in outcome.gradients if gradient.outcome == "passed"}
    outcome = replace(outcome, notes=(*outcome.notes, *(_note(name) for name in zero if name in passed)))
    # Whoever ignores the finding has still no gradient.
    if outcome.verdict == "passed" and any(finding.code == "GA211" for finding in outcome.findings):
        return replace(outcome, verdict="inconclusive", grade=None)
    return outcome


def zero_everywhere(trials: Sequence[Sequence[Compared]]) -> tuple[str, ...]:
    """The gradients that were zero but for rounding, numerically as well, at every point of every trial."""
    seen = {each.block.name for trial in trials for each in trial if not each.block.vanishes}
    names = dict.fromkeys(each.block.name for trial in trials for each in trial)
    return tuple(name for name in names if name not in seen)


def _note(name: str) -> str:
    return f"nothing was verified of the gradient of {name}: it is zero at every point tried, and rightly so"


def _nothing_verified(outcome: Outcome, zero: Sequence[str]) -> Outcome:
    only = zero[0] if len(zero) == 1 else None
    which = f"the gradient of {only} is" if only else f"the gradients of {', '.join(zero)} are"
    remedy = f"draw inputs for which {'it is' if only else 'they are'} not"
    finding = Finding("GA402", f"{which} zero at every point tried: nothing was verified", remedy, gradient=only)
    gradients = tuple(
        replace(gradient, outcome="inconclusive", grade=None) if gradient.name in zero else gradient
        for gradient in outcome.gradients
    )
    findings = (*outcome.findings, finding)
    return replace(outcome, verdict="inconclusive", grade=None, detects=None, gradients=gradients, findings=findings)
