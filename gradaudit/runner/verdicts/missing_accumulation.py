"""Whether a gradient is wrong because indices repeat: the wrong trial once more, with the indices all distinct."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gradaudit.drawing.repeats import integer_names, roomy_sizes, with_repeats
from gradaudit.runner.verdicts.size_dependence import observation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradaudit.runner.trials.trial import TrialResult
    from gradaudit.runner.verdicts.diagnosed import Diagnosed
    from gradaudit.runner.verdicts.reruns import Reruns

# What leaves some elements right, or has no name: repeated indices lose what belongs to their own elements alone.
_MAY_BE = frozenset({"partial", "slices", "summed"})


@dataclass(frozen=True)
class MissingAccumulation:
    """Repeated indices lose gradients.

    Attributes:
        inputs: Names of the inputs that hold the indices.
    """

    inputs: tuple[str, ...]


def missing_accumulations(
    wrong: Sequence[Diagnosed], results: Sequence[TrialResult], reruns: Reruns, inputs: Any, bounds: Mapping[str, Any]
) -> dict[str, MissingAccumulation]:
    """The gradients that are wrong for repeated indices and right for distinct ones. Two further trials at most.

    Args:
        wrong: Gradients that are wrong in some trial.
        results: The regular trials.
        reruns: Makes others.
        inputs: As declared.
        bounds: For some named sizes a number, or the lowest and the highest.
    """
    indices = frozenset(integer_names(inputs))
    suspects = [each.name for each in wrong if _may_be(each) and _only_with_repeats(each.name, results, indices)]
    if not suspects:
        return {}
    number = next(n for n, result in enumerate(results) if _is_wrong(result, suspects[0]))
    suspects = [name for name in suspects if _is_wrong(results[number], name)]
    rerun = _Rerun(reruns, number, inputs, dict(results[number].compared[0].sizes))
    repeating = [name for name in integer_names(inputs) if name in results[number].repeating]
    return _found(suspects, repeating, rerun, roomy_sizes(inputs, repeating, rerun.sizes, bounds))


@dataclass(frozen=True)
class _Rerun:
    """The trial that is run again."""

    reruns: Reruns
    number: int
    inputs: Any
    sizes: Mapping[str, int]

    def cured(self, names: Sequence[str], suspects: Sequence[str]) -> list[str]:
        """The suspects that are right where the integers of those names are distinct."""
        distinct = self.reruns.with_inputs(self.number, with_repeats(self.inputs, names, "none"), self.sizes)
        return [name for name in suspects if _is_right(distinct, name)]

    def wrong(self, names: Sequence[str], suspects: Sequence[str]) -> list[str]:
        """The suspects that are wrong where the integers of those names repeat."""
        repeated = self.reruns.with_inputs(self.number, with_repeats(self.inputs, names, "some"), self.sizes)
        return [name for name in suspects if _is_wrong(repeated, name)]


def _found(
    suspects: Sequence[str], repeating: Sequence[str], rerun: _Rerun, roomy: Mapping[str, int] | None
) -> dict[str, MissingAccumulation]:
    if roomy is None:
        return {}
    holders = _inputs(repeating)
    if roomy != rerun.sizes:
        elsewhere = replace(rerun, sizes=roomy)
        cured = elsewhere.cured(repeating, suspects)
        # Or was it the sizes?
        return {name: MissingAccumulation(holders) for name in (elsewhere.wrong(repeating, cured) if cured else ())}
    # Of two inputs that only repeat together, rows and columns, either will do.
    first, rest = _parted(repeating, holders[0])
    by_first = rerun.cured(first, suspects)
    by_rest = rerun.cured(rest, suspects) if rest else []
    return {
        name: MissingAccumulation(holders if name in by_rest else holders[:1])
        if name in by_first
        else MissingAccumulation(holders[1:])
        for name in suspects
        if name in by_first or name in by_rest
    }


def _parted(names: Sequence[str], holder: str) -> tuple[list[str], list[str]]:
    first = [name for name in names if _inputs([name]) == (holder,)]
    return first, [name for name in names if name not in first]


def _may_be(gradient: Diagnosed) -> bool:
    cause = gradient.cause
    return cause is None or cause.kind in _MAY_BE or cause.how == "varying"


def _only_with_repeats(name: str, results: Sequence[TrialResult], indices: frozenset[str]) -> bool:
    """Whether some index repeats wherever the gradient is wrong."""
    return all(result.repeating & indices for result in results if _is_wrong(result, name))


def _is_wrong(result: TrialResult | None, name: str) -> bool:
    seen = observation(result, name) if result is not None else None
    return seen is not None and seen.wrong


def _is_right(result: TrialResult | None, name: str) -> bool:
    seen = observation(result, name) if result is not None else None
    return seen is not None and not seen.wrong


def _inputs(names: Sequence[str]) -> tuple[str, ...]:
    """The inputs that hold those leaves: a pair of index arrays is one."""

    def holder(name: str) -> str:
        head, _, last = name.rpartition(".")
        return holder(head) if head and last.isdecimal() else name

    return tuple(dict.fromkeys(holder(name) for name in names))
