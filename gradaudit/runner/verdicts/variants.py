"""Of what a mistake depends on: repeated indices, sizes, values, a penalty. Further trials of a failed audit tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from gradaudit.runner.verdicts.missing_accumulation import MissingAccumulation, missing_accumulations
from gradaudit.runner.verdicts.penalty_signs import PenaltySign, penalty_signs
from gradaudit.runner.verdicts.size_dependence import SizeDependent, ValueDependent, size_dependences

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradaudit.runner.trials.trial import TrialResult
    from gradaudit.runner.verdicts.diagnosed import Diagnosed
    from gradaudit.runner.verdicts.reruns import Reruns

Dependence: TypeAlias = MissingAccumulation | SizeDependent | ValueDependent | PenaltySign


def dependences(
    wrong: Sequence[Diagnosed], results: Sequence[TrialResult], reruns: Reruns, inputs: Any, bounds: Mapping[str, Any]
) -> dict[str, Dependence]:
    """What it depends on whether a gradient is wrong, for each of which that could be found out.

    A gradient that a cause explains in all trials depends on nothing; of a penalty's term the sign may be wrong.

    Args:
        wrong: Gradients that are wrong in some trial.
        results: The regular trials.
        reruns: Makes others.
        inputs: As declared.
        bounds: For some named sizes a number, or the lowest and the highest.
    """
    found: dict[str, Dependence] = {}
    found.update(missing_accumulations(wrong, results, reruns, inputs, bounds))
    found.update(penalty_signs(wrong, results, reruns, inputs))
    mixed = [each for each in wrong if each.is_mixed and each.name not in found]
    found.update(size_dependences(mixed, results, reruns, _allowed(results, bounds)))
    return found


def _allowed(results: Sequence[TrialResult], bounds: Mapping[str, Any]) -> Callable[[str, int], bool]:
    """Within the bounds that are declared; without such, among the sizes that were drawn."""
    sizes = [each.sizes for result in results for each in result.compared]

    def allows(name: str, value: int) -> bool:
        drawn = [each[name] for each in sizes]
        bound = bounds.get(name, (min(drawn), max(drawn)))
        low, high = (bound, bound) if isinstance(bound, int) else bound
        return bool(low <= value <= high)

    return allows
