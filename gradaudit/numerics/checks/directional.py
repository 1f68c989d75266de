"""The directional check: one direction through all blocks, and more only where that one does not settle them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gradaudit.numerics.checks.settlement import Settlement, accused, settle
from gradaudit.numerics.derivatives.base_point import measure
from gradaudit.numerics.derivatives.direction import movable
from gradaudit.numerics.derivatives.error_bounds import TOO_COARSE
from gradaudit.numerics.derivatives.steps import first_step_for
from gradaudit.numerics.results.agreement import BlockResult, CheckResult, largest
from gradaudit.numerics.verdicts.adjudication import Court, Ruling, adjudicate
from gradaudit.numerics.verdicts.judgement import QUICK_TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from gradaudit.numerics.derivatives.base_point import BasePoint
    from gradaudit.numerics.derivatives.line import Line
    from gradaudit.numerics.location.accusation import Accusation
    from gradaudit.numerics.problems.problem import Problem
    from gradaudit.numerics.results.evidence import Located

# A block is resolved when an error of 1e-4 of its gradient would have shown; and when the residual, were it all the
# block's own, would be a difference of 1e-6, a tenth of what is usually allowed.
RESOLVED = 1e-4
RESOLVED_DIFFERENCE = 1e-6

MOVED = {
    "kink": "decided at a point nearby, since the drawn one lies on a kink",
    "edge": "decided at a point nearby, since the forward is not finite beside the drawn one",
    "noise": "decided at a point nearby, since numerical errors leave the drawn one open",
}
COARSE = "values have fewer digits than float64 keeps, so only errors well above their rounding are seen"


def check_directional(
    problem: Problem,
    rng: np.random.Generator,
    threshold: float = 1e-5,
    suspects: Mapping[str, Located] | None = None,
    fixed: Mapping[str, NDArray[np.generic]] | None = None,
) -> CheckResult:
    """Compare φ's derivative along a random direction through all blocks with what the gradient says.

    A right gradient takes three evaluations and one gradient, whatever its size. What does not agree is looked at with
    other steps, at points nearby and block by block, so that only wrong blocks are named; whatever numerical errors,
    kinks or noise leave open is undecided.

    Args:
        problem: What to check.
        rng: Chooses directions and points nearby.
        threshold: The difference above which a wrong block is reported as wrong; below, it is right with its difference
            shown.
        suspects: What was located in large blocks, by name, at other points: tried first.
        fixed: Arrays that the function depends on beside its blocks, by name: which elements are wrong may depend on
            them.

    Returns:
        A result for each block. The differences of blocks that passed are upper estimates.
    """
    base = measure(problem, problem.point)
    court = Court(problem, tuple(b for b in range(len(base.point)) if movable(problem, b)), rng, fixed or {})
    if not court.blocks:
        return CheckResult(tuple(_nothing(problem, b) for b in range(len(base.point))), 0.0, 0.0, None, "directional")
    line = court.line(base)
    accusation = _accusation(court, line, suspects or {}, threshold)
    if accusation is None:
        ruling = adjudicate(court, base, line)
        right = ruling.judgement.verdict == "right"
        rulings = _resolved(court, ruling) if right else _separated(court, ruling)
    else:
        rulings = _resolved(court, accusation.rest, but=accusation.block)
    settled = {b: settle(replace(court, blocks=blocks), each, b, threshold) for b, (blocks, each) in rulings.items()}
    if accusation is not None:
        settled[accusation.block] = accused(problem, accusation, threshold)
    settled |= {b: _related(court, b, settled) for b, each in settled.items() if each.result.evidence is not None}
    blocks = tuple(settled[b].result if b in settled else _nothing(problem, b) for b in range(len(base.point)))
    detects = max((each.detects for each in settled.values() if each.detects is not None), default=None)
    return CheckResult(blocks, largest(blocks), largest(blocks), detects, "directional", _notes(base, settled))


def _nothing(problem: Problem, block: int) -> BlockResult:
    """The result of a block that can't move: there is nothing to compare."""
    return BlockResult(problem.names[block], problem.point[block].shape, "right", 0.0, 0.0, "great", vanishes=True)


_Rulings = dict[int, tuple[tuple[int, ...], Ruling]]
"""For each block the blocks that were judged together with it, and the ruling."""


def _resolved(court: Court, ruling: Ruling, *, but: int | None = None) -> _Rulings:
    """All blocks passed together; those that could not be seen well enough get a direction of their own.

    Args:
        court: The blocks.
        ruling: That they are right.
        but: The one that is not.
    """
    rulings: _Rulings = {}
    for block in court.blocks:
        if block == but:
            continue
        alone = replace(court, blocks=(block,))
        if len(court.blocks) > 1 and _needs_its_own(ruling, block):
            rulings[block] = alone.blocks, adjudicate(alone, ruling.base)
        else:
            rulings[block] = court.blocks, ruling
    return rulings


def _needs_its_own(ruling: Ruling, block: int) -> bool:
    """Whether the block is not resolved, and a direction of its own would see at least twice as much."""
    judgement, size = ruling.judgement, ruling.direction.sizes[block]
    if size == 0.0:
        return True
    if judgement.tolerance <= RESOLVED * size and abs(judgement.residual) <= 2.0 * RESOLVED_DIFFERENCE * size:
        return False
    base = ruling.base
    noise = 4.0 * base.epsilon * base.magnitude
    alone = QUICK_TOLERANCE * size + noise / first_step_for(noise, size, coarse=base.coarse)
    return alone < judgement.tolerance / 2.0 or judgement.tolerance > TOO_COARSE * size


def _separated(court: Court, ruling: Ruling) -> _Rulings:
    """Something is wrong or undecided; each block is judged by itself, so that only those that are to blame are named.

    The first direction is the part of the one that failed: what failed must then show in one of its parts.
    """
    if len(court.blocks) == 1:
        return {court.blocks[0]: (court.blocks, ruling)}
    judgement = ruling.judgement
    doubts = (judgement.residual,) if judgement.verdict == "wrong" else ()
    rulings: _Rulings = {}
    for block in court.blocks:
        alone = replace(court, blocks=(block,))
        part = alone.line(ruling.base, ruling.direction.only(block))
        rulings[block] = alone.blocks, adjudicate(alone, ruling.base, part, doubts=doubts)
    if doubts and all(each.judgement.verdict == "right" for _, each in rulings.values()):
        _blame(rulings)
    return rulings


def _blame(rulings: _Rulings) -> None:
    """Wrong together and right one by one is a contradiction; the largest residual is not certified."""
    block = max(rulings, key=lambda b: abs(rulings[b][1].judgement.residual))
    blocks, ruling = rulings[block]
    rulings[block] = blocks, ruling._replace(judgement=ruling.judgement._replace(verdict="undecided", reason="noise"))


def _accusation(court: Court, line: Line, suspects: Mapping[str, Located], threshold: float) -> Accusation | None:
    if not any(map(court.is_divisible, court.blocks)):
        return None
    from gradaudit.numerics.location.accusation import accuse  # with all that locates parts: small blocks do without

    return accuse(court, line, suspects, threshold)


def _related(court: Court, block: int, settled: dict[int, Settlement]) -> Settlement:
    """The settlement of a wrong block, its evidence with what is known of all else at the same point."""
    from gradaudit.numerics.results.evidence import other_block  # where something is wrong

    settlement = settled[block]
    base, evidence = settlement.ruling.base, settlement.result.evidence
    assert evidence is not None  # noqa: S101 - only wrong blocks are asked about
    others = tuple(
        other_block(each.result, base.gradient[b], same_point=each.ruling.base is base)
        for b, each in settled.items()
        if b != block and base.gradient[b].shape == evidence.analytic.shape
    )
    related = replace(settlement.result, evidence=replace(evidence, others=others, fixed=court.fixed))
    return settlement._replace(result=related)


def _notes(base: BasePoint, settled: dict[int, Settlement]) -> tuple[str, ...]:
    moved = {each.ruling.moved for each in settled.values() if each.result.verdict == "right"}
    coarse = base.coarse or any(each.ruling.is_coarse for each in settled.values())
    return (*(note for why, note in MOVED.items() if why in moved), *((COARSE,) if coarse else ()))
