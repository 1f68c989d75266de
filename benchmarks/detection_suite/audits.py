"""gradaudit itself, through `gradaudit.check_gradient`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from detection_suite.pair import written
from gradaudit import check_gradient, distributions
from gradaudit.errors import AuditError
from gradaudit.records import Finding, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detection_suite.pair import Mutant, Pair
    from gradaudit.drawing.leaves import Drawn

Verdict: TypeAlias = Literal["right", "wrong", "undecided"]


def at_point(pair: Pair, mutant: Mutant | None, drawn: Drawn, seed: int) -> Outcome:
    """One trial at a drawn point, which is left as it is."""
    floating = [leaf.name for leaf in drawn.differentiable]
    point = {name: value if name in floating else distributions.constant(value) for name, value in drawn.values.items()}
    return _audited(pair, mutant, seed=seed, inputs=point, trials=1)


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
