"""A wrong part of a large block, found and confirmed without judging all of the gradient again and again.

Where the cheapest look does not agree, one part of one block may be to blame for all of it. That says far more than
that something is wrong, and takes less to confirm: nothing else may be left of what was seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gradaudit.numerics.derivatives.direction import Direction
from gradaudit.numerics.derivatives.line import Line
from gradaudit.numerics.derivatives.steps import first_step
from gradaudit.numerics.location.extent import Extent, extent_of
from gradaudit.numerics.location.localisation import localise
from gradaudit.numerics.location.moments import KNOWN, SLACK, centre
from gradaudit.numerics.location.wrong_part import WrongPart, measured, measured_closely
from gradaudit.numerics.residuals.discrepancy import Discrepancy, discrepancy
from gradaudit.numerics.residuals.estimates import ROUGH, by_pair
from gradaudit.numerics.verdicts.adjudication import Ruling
from gradaudit.numerics.verdicts.judgement import Judgement
from gradaudit.numerics.verdicts.zeros import may_be_even

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradaudit.numerics.results.evidence import Located
    from gradaudit.numerics.results.parts import Part
    from gradaudit.numerics.verdicts.adjudication import Court


@dataclass(frozen=True, eq=False)
class Accusation:
    """A part of one block that is wrong, while all else is right.

    Attributes:
        block: The block.
        extent: How far it is off.
        ruling: That it is wrong.
        rest: That everything else is right.
    """

    block: int
    extent: Extent
    ruling: Ruling
    rest: Ruling


def accuse(court: Court, line: Line, suspects: Mapping[str, Located], threshold: float) -> Accusation | None:
    """The part of a large block that is to blame for what the first line shows, if there is one.

    The verdict rests on as much as any other: the residual is there at two steps on a line through everything, along
    the part alone, and once more at a point nearby, with a step as small as rounding allows; each time the part has
    all of it. A suspect was found so elsewhere, and needs less: see `_suspected`.

    Args:
        court: All blocks.
        line: The first line through them.
        suspects: What was located in blocks, by name, at other points.
        threshold: The difference that decides.
    """
    rough = max((ROUGH, *(suspect.rough for suspect in suspects.values())))
    seen = discrepancy(line, rough)
    if seen is None:
        return None
    for name, located in suspects.items():
        suspect = _suspected(court, seen, name, located.part)
        accusation = None if suspect is None else _accusation(court, seen, suspect, threshold)
        # What hardly shows may be excused as the error of the part, but is no reason to accuse it.
        if accusation is not None and (seen.total.clear or accusation.extent.difference <= threshold):
            return accusation
    lasting = seen.lasting() if seen.total.clear else None
    found = None if lasting is None else _found(court, lasting)
    return None if lasting is None or found is None else _accusation(court, lasting, found, threshold)


def _suspected(court: Court, seen: Discrepancy, name: str, place: Part) -> WrongPart | None:
    """A suspect that explains the residual here.

    It was wrong at two points before, and has to explain all that is seen at a third one. Only a kink in that very part
    could do so by chance. One element shows that it has none: a kink makes no more of a residual than it bends φ. Those
    of several elements may hide each other, so they are looked at nearby as well; and so is everything, where the rest
    may be right here by symmetry.
    """
    base, names = seen.line.base, court.problem.names
    block = names.index(name) if name in names else -1
    if block not in court.blocks or not court.is_divisible(block) or not place.fits(base.point[block].shape):
        return None
    part = measured(seen.probe(block), place, court.rng)
    straight = part.share.straight or not seen.total.clear
    known = part if straight and seen.is_all(part.share) else _closer(court, seen, part)
    if known is None:
        return None
    enough = known.elements.size == 1 and not any(may_be_even(base, each) for each in court.blocks)
    return known if enough or seen.is_there_nearby(court, block, place) else None


def _found(court: Court, seen: Discrepancy) -> WrongPart | None:
    """A part that explains the residual here and at a point nearby."""
    block = _block(court, seen)
    if block is None or not court.is_divisible(block):
        return None
    probe = seen.probe(block)
    place = localise(probe, seen.total, court.rng)
    if place is None:
        return None
    # One element that has all of the residual is measured twice: along all of the line, and alone.
    single = not place.is_slice and len(place.indices) == 1
    part = (measured if single else measured_closely)(probe, place, court.rng)
    known = part if seen.is_all(part.share) else _closer(court, seen, part)
    return known if known is not None and seen.is_there_nearby(court, block, place) else None


def _closer(court: Court, seen: Discrepancy, part: WrongPart) -> WrongPart | None:
    """A part with more care, if it explains the residual then."""
    share = seen.share_at_a_small_step(part.probe.block, part.part)
    return None if share is None else replace(measured_closely(part.probe, part.part, court.rng), share=share)


def _block(court: Court, seen: Discrepancy) -> int | None:
    """The one block that the residual comes from, by its first moment over the blocks."""
    count, line = len(court.blocks), seen.line
    if count == 1:
        return court.blocks[0]
    weights = {block: (number + 1) / count for number, block in enumerate(court.blocks)}
    tilted = Direction(
        tuple(None if part is None else part * weights[block] for block, part in enumerate(line.direction.parts)),
        line.direction.widths,
        tuple(size * weights.get(block, 0.0) for block, size in enumerate(line.direction.sizes)),
    )
    moment = by_pair(Line(line.problem, line.base, tilted), rough=seen.rough)
    place, error = centre(seen.total, moment, count)
    nearest = round(place) if error < KNOWN else -1
    return court.blocks[nearest] if 0 <= nearest < count and abs(place - nearest) <= SLACK * error else None


def _accusation(court: Court, seen: Discrepancy, part: WrongPart, threshold: float) -> Accusation:
    line, total, rest = seen.line, seen.total, seen.total.without(part.share)
    wrong = Judgement("wrong", total.value, total.error, line.scale, first_step(line))
    right = wrong._replace(verdict="right", residual=rest.value, tolerance=rest.error)
    return Accusation(
        part.probe.block,
        extent_of(part, total, threshold, court.rng),
        Ruling(wrong, line.base, line.direction),
        Ruling(right, line.base, line.direction),
    )
