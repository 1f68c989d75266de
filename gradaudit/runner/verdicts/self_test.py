"""Can this audit fail? The same check, of gradients that are distorted after the backward has returned them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gradaudit.numerics.problems.distortions import FACTOR, KINDS, distortion
from gradaudit.numerics.problems.remembered import Remembered
from gradaudit.records.self_test import MissedDistortion, SelfTest, SmallDistortion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.numerics.problems.distortions import Distortion, Kind
    from gradaudit.numerics.results.agreement import BlockResult, CheckResult
    from gradaudit.records.verdict import Verdict
    from gradaudit.runner.trials.examination import Examination

# Of more gradients those are distorted that move the output least: what shows there shows in the others too.
MOST_GRADIENTS = 8

# A large gradient's difference from the numeric one is an estimate, within a factor 2 of it in 98 of 100.
ESTIMATE = 2.0
# And what accuses it is four times what numerical errors may contribute.
ACCUSATION = 4.0


@dataclass(frozen=True)
class _Tried:
    """One distortion over all trials: None where it was possible in none of them."""

    words: str = ""
    ending: Verdict | None = None


def self_test(examinations: Sequence[Examination], threshold: float) -> SelfTest:
    """Distort each gradient in each way and have it checked, in the first trial and, if that is not enough, in others.

    An audit fails if one of its trials does, so a distortion is caught if it is found in one.

    Args:
        examinations: Those of an audit that passed, one a trial.
        threshold: The difference above which a gradient is wrong.
    """
    examinations = [replace(each, problem=Remembered(each.problem)) for each in examinations]
    names, left_out = _chosen(examinations)
    caught = 0
    missed: list[MissedDistortion] = []
    small: list[SmallDistortion] = []
    possible: set[Kind] = set()
    for name in names:
        for kind in KINDS:
            tried = _try(examinations, name, kind, threshold)
            if tried is None:
                continue
            possible.add(kind)
            match tried.ending:
                case None:
                    small.append(SmallDistortion(kind, name, tried.words))
                case "failed":
                    caught += 1
                case ending:
                    missed.append(MissedDistortion(kind, name, tried.words, ending))
    impossible = tuple(kind for kind in KINDS if kind not in possible)
    return SelfTest(caught, tuple(missed), tuple(small), impossible, left_out)


def _chosen(examinations: Sequence[Examination]) -> tuple[list[str], int]:
    """The gradients to distort, in their order, and how many are left out."""
    changes: dict[str, float] = {}
    for examination in examinations:
        changes = {**examination.verified, **changes}
    hardest = sorted(changes, key=changes.__getitem__)[:MOST_GRADIENTS]
    return [name for name in changes if name in hardest], len(changes) - len(hardest)


def _try(examinations: Sequence[Examination], name: str, kind: Kind, threshold: float) -> _Tried | None:
    tried: _Tried | None = None
    for examination in examinations:
        if name not in examination.verified:
            continue
        block, checked = examination.block(name)
        gradient = examination.problem.gradient(examination.problem.point)
        found = distortion(examination.problem, gradient, block, kind)
        if found is None:
            continue
        words = _words(name, found, rank=gradient[block].ndim)
        if found.difference <= _unseen(examination.result, checked, threshold):
            tried = tried or _Tried(words)
            continue
        ending = examination.ending(name, found)
        if ending == "failed":
            return _Tried(words, ending)
        if tried is None or tried.ending is None:
            tried = _Tried(words, ending)
    return tried


def _unseen(result: CheckResult, block: BlockResult, threshold: float) -> float:
    """The difference up to which an audit promises nothing; an error relative to ‖g‖ makes half as much of it."""
    return max(ESTIMATE * threshold, ACCUSATION * block.error_bound, (result.detects or 0.0) / 2.0)


def _words(name: str, found: Distortion, rank: int) -> str:
    places = [list(place) for place in found.places]
    match found.kind:
        case "flipped":
            return f"the sign of {name} flipped"
        case "scaled":
            return f"{name} scaled by {FACTOR}"
        case "zeroed":
            return f"{name}{places[0] or ''} set to zero"
        case "swapped":
            return f"{name}{places[0]} and {name}{places[1]} swapped"
        case "transposed":
            axes = " and ".join(str(place[0]) for place in places)
            return f"{name} transposed" if rank == 2 else f"axes {axes} of {name} swapped"
