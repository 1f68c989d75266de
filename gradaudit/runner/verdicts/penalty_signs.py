"""Whether a penalty's term is missing or has the wrong sign: a trial in which nothing but the penalty is left tells."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from gradaudit.drawing.zeroed import zeroed
from gradaudit.numerics.causes.forms.penalties import has_wrong_sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.numerics.results.cause import How
    from gradaudit.runner.trials.findings import Compared
    from gradaudit.runner.trials.trial import TrialResult
    from gradaudit.runner.verdicts.diagnosed import Diagnosed
    from gradaudit.runner.verdicts.reruns import Reruns


@dataclass(frozen=True)
class PenaltySign:
    """What is known of the sign of a penalty's term.

    Attributes:
        wrong: Whether it is the wrong one, so that twice the term seems to be missing; else it is missing indeed.
    """

    wrong: bool


def penalty_signs(
    wrong: Sequence[Diagnosed], results: Sequence[TrialResult], reruns: Reruns, inputs: Any
) -> dict[str, PenaltySign]:
    """The gradients that lack a penalty's term of which it could be found out. A further trial for each of them.

    Data of a model reach its weights through products, xᵀ(p - y): where all other arrays are zero, so is that.

    Args:
        wrong: Gradients that are wrong in some trial.
        results: The regular trials.
        reruns: Makes others.
        inputs: As declared.
    """
    found: dict[str, PenaltySign] = {}
    for gradient in wrong:
        cause = gradient.cause
        if cause is None or cause.kind != "regularisation":
            continue
        number = _clearest(results, gradient.name)
        sizes = results[number].compared[0].sizes
        alone = reruns.with_inputs(number, zeroed(inputs, gradient.name), sizes)
        sign = None if alone is None else _sign(alone, gradient.name, cause.how)
        if sign is not None:
            found[gradient.name] = PenaltySign(sign)
    return found


def _sign(alone: TrialResult, name: str, how: How) -> bool | None:
    seen = _compared(alone, name)
    evidence = seen.block.evidence if seen is not None else None
    return None if evidence is None else has_wrong_sign(evidence, how)


def _clearest(results: Sequence[TrialResult], name: str) -> int:
    """The trial in which the gradient has most elements."""
    return max(range(len(results)), key=lambda number: _elements(results[number], name))


def _compared(result: TrialResult, name: str) -> Compared | None:
    return next((each for each in result.compared if each.block.name == name), None)


def _elements(result: TrialResult, name: str) -> int:
    seen = _compared(result, name)
    return 0 if seen is None else prod(seen.block.shape)
