"""Whether a factor that follows the sizes does so at others too: few trials leave room for coincidences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gradaudit.numerics.causes.size_factors import telling_sizes
from gradaudit.runner.verdicts.diagnosed import diagnosed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradaudit.numerics.results.cause import Cause
    from gradaudit.runner.trials.trial import TrialResult
    from gradaudit.runner.verdicts.diagnosed import Diagnosed
    from gradaudit.runner.verdicts.reruns import Reruns

# Of sizes without bounds; the third trial of an audit is as large.
USUAL = (2, 16)
# Trials that tell enough by themselves, where none can be run at other sizes (see `size_factors`).
ENOUGH = 3


def confirmed(
    wrong: Sequence[Diagnosed], results: Sequence[TrialResult], reruns: Reruns, bounds: Mapping[str, Any]
) -> list[Diagnosed]:
    """The same gradients; a cause that is an expression in the sizes is that by further trials too, or another.

    Args:
        wrong: Gradients that are wrong in some trial.
        results: The regular trials.
        reruns: Makes others, two at most.
        bounds: For some named sizes a number, or the lowest and the highest.
    """
    names = next((compared.sizes for result in results for compared in result.compared), {})
    ranges = {name: _bound(bounds.get(name)) for name in names}
    if not any(_follows_sizes(each.cause) for each in wrong) or all(low == high for low, high in ranges.values()):
        return list(wrong)
    further = [result for sizes in telling_sizes(ranges) if (result := reruns.at_sizes(sizes)) is not None]
    every = {each.name: each for each in diagnosed(result.compared for result in (*results, *further))}
    return [
        _by_all(each, every[each.name], len(results) + len(further)) if _follows_sizes(each.cause) else each
        for each in wrong
    ]


def _follows_sizes(cause: Cause | None) -> bool:
    """Whether it does, or may: of several expressions that fit none is named."""
    return cause is not None and (bool(cause.expression) or (cause.kind, cause.how) == ("scaled", "varying"))


def _by_all(gradient: Diagnosed, by_all: Diagnosed, trials: int) -> Diagnosed:
    """As its regular trials show it, with the cause that all trials have."""
    further = tuple(each for each in by_all.wrong if each not in gradient.wrong)
    gradient = replace(gradient, further=further)
    before, cause = gradient.cause, by_all.cause if trials >= ENOUGH else None
    if before and cause and (cause.kind, cause.expression) == (before.kind, before.expression):
        return gradient  # with the numbers of the trial that is described
    return replace(gradient, cause=cause)


def _bound(bound: Any) -> tuple[int, int]:
    if bound is None:
        return USUAL
    return (bound, bound) if isinstance(bound, int) else (bound[0], bound[1])
