"""What became of one gradient over all trials: where it is wrong, where it is clearly right, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradaudit.numerics.causes.diagnosis import Case, diagnose
from gradaudit.numerics.causes.idle_causes import may_be_idle

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradaudit.numerics.results.cause import Cause
    from gradaudit.runner.trials.findings import Compared

# A block this far above its numerical error has a gradient, so that being right there is evidence.
CLEAR = 10.0


@dataclass(frozen=True, eq=False)
class Diagnosed:
    """A gradient that is wrong in some trial.

    Attributes:
        wrong: The trials in which it is wrong, the one to be described first.
        right: Those in which it is right and not zero.
        compared: In how many it was compared.
        cause: What explains all trials, if there is just one such thing.
        further: Trials in which it is wrong that were made to confirm a cause.
    """

    wrong: tuple[Compared, ...]
    right: tuple[Compared, ...]
    compared: int
    cause: Cause | None
    further: tuple[Compared, ...] = ()

    @property
    def name(self) -> str:
        """The gradient's name."""
        return self.wrong[0].block.name

    @property
    def is_mixed(self) -> bool:
        """Whether it is right in a trial in which its cause would show."""
        if not self.right:
            return False
        return self.cause is None or not all(may_be_idle(self.cause, each.block.shape) for each in self.right)

    def cause_where_wrong(self) -> Cause | None:
        """What explains the trials in which it is wrong, whatever it is in the others."""
        return _cause((*self.wrong, *self.further), ())


def diagnosed(trials: Iterable[Sequence[Compared]]) -> list[Diagnosed]:
    """Each gradient that is wrong in some trial.

    Args:
        trials: For each trial what was compared.
    """
    by_name: dict[str, list[Compared]] = {}
    for compared in trials:
        for each in compared:
            by_name.setdefault(each.block.name, []).append(each)
    found = []
    for every in by_name.values():
        wrong = [each for each in every if each.block.verdict == "wrong"]
        if wrong:
            # To three digits, as for the gradient that a report shows: of equal ones the first trial counts.
            wrong.sort(key=lambda each: -float(f"{each.block.difference:.3g}"))
            right = [each for each in every if is_right(each)]
            found.append(_of_one(wrong, right, len(every)))
    return found


def _of_one(wrong: Sequence[Compared], right: Sequence[Compared], compared: int) -> Diagnosed:
    """One gradient; where a trial passed because it is off by too little, it may be off for the same cause."""
    slight = [each for each in right if each.block.evidence is not None]
    if slight:
        clean = [each for each in right if each.block.evidence is None]
        cause = _cause([*wrong, *slight], clean)
        if cause is not None and cause.how != "varying":
            return Diagnosed(tuple(wrong), tuple(clean), compared, cause)
    return Diagnosed(tuple(wrong), tuple(right), compared, _cause(wrong, right))


def is_right(compared: Compared) -> bool:
    """Whether a gradient is right where there is one; zero is what a wrong one may be as well."""
    block = compared.block
    return block.verdict == "right" and block.scale > CLEAR * block.tolerance


def _cause(wrong: Sequence[Compared], right: Sequence[Compared]) -> Cause | None:
    cases = [Case(each.block.evidence, each.sizes, each.unit) for each in wrong if each.block.evidence is not None]
    if len(cases) < len(wrong):
        return None
    return diagnose(cases, [each.sizes for each in right])
