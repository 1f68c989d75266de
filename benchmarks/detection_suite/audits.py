"""gradaudit itself, through `gradaudit.check_gradient`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from detection_suite.pair import written
from detection_suite.subject import draw
from gradaudit import check_gradient
from gradaudit.errors import AuditError
from gradaudit.records.finding import Finding
from gradaudit.records.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detection_suite.pair import Mutant, Pair
    from gradaudit.drawing.leaves import Drawn

ELSEWHERE = 1_000_000
"""Added to a seed: no seed of a point."""

Verdict: TypeAlias = Literal["right", "wrong", "undecided"]


def at_point(pair: Pair, mutant: Mutant | None, drawn: Drawn, seed: int) -> Outcome:
    """One trial at a drawn point, which is left as it is; where it calls the code elsewhere, that is another draw."""
    floating = tuple(leaf.name for leaf in drawn.differentiable)
    elsewhere = draw(pair, seed + ELSEWHERE, sizes=drawn.sizes)
    streams: list[str] = []

    def inputs(rng: np.random.Generator) -> Mapping[str, Any]:
        streams.append(str(rng.bit_generator.state))
        return drawn.values if streams[-1] == streams[0] else elsewhere.values

    return _audited(pair, mutant, seed=seed, inputs=inputs, wrt=floating, trials=1)


def whole(pair: Pair, mutant: Mutant | None, seed: int, sizes: Mapping[str, Any] | None = None) -> Outcome:
    """An audit as a scan runs it: three trials, each with sizes and inputs of its own."""
    chosen = pair.sizes if sizes is None else sizes
    return _audited(pair, mutant, seed=seed, inputs=pair.inputs, wrt=pair.wrt, sizes=chosen or None)


def _audited(pair: Pair, mutant: Mutant | None, **options: Any) -> Outcome:
    forward, backward = written(pair, mutant)
    try:
        with np.errstate(all="ignore"):
            return check_gradient(forward, backward, **options)
    except AuditError as error:  # what came back can't be matched
        finding = Finding(error.code, error.message)
        return Outcome(pair.name, "", 0, "error", findings=(finding,))


def verdict(outcome: Outcome, mutant: Mutant | None) -> Verdict:
    """What an outcome says; of something that only warrants a warning that the warning is there."""
    if outcome.verdict in {"failed", "error"}:
        return "wrong"
    expected = set() if mutant is None else {code for codes in mutant.codes.values() for code in codes}
    if expected & {finding.code for finding in outcome.findings}:
        return "wrong"
    return "undecided" if outcome.verdict == "inconclusive" else "right"
