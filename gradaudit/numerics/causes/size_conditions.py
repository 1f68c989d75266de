"""Which sizes decide whether a gradient is right: conditions that fit what was seen, and the sizes to look at next.

Each condition is a guess. Those that contradict an observation are dropped; the next observation is made where the
remaining ones disagree most, one size away from what was seen (compare delta debugging, Zeller and Hildebrandt 2002).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations, product
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


@dataclass(frozen=True)
class Observation:
    """Whether the gradient was wrong at some sizes."""

    sizes: Mapping[str, int]
    wrong: bool


@dataclass(frozen=True)
class Alone:
    """One size decides.

    Attributes:
        name: Its name.
        right: The values at which the gradient was right.
        wrong: Those at which it was wrong.
    """

    name: str
    right: frozenset[int]
    wrong: frozenset[int]

    def foretells(self, sizes: Mapping[str, int]) -> bool | None:
        """Whether the gradient is wrong at those sizes; None where nothing is known of the value."""
        size = sizes[self.name]
        return True if size in self.wrong else False if size in self.right else None


@dataclass(frozen=True)
class Related:
    """How two sizes compare decides.

    Attributes:
        one: A name.
        other: Another.
        relation: How they compare.
        wrong: Whether the gradient is wrong where they compare so, rather than where they do not.
    """

    one: str
    other: str
    relation: Literal["=", "<"]
    wrong: bool

    def foretells(self, sizes: Mapping[str, int]) -> bool | None:
        """Whether the gradient is wrong at those sizes."""
        return self._holds(sizes) == self.wrong

    def _holds(self, sizes: Mapping[str, int]) -> bool:
        one, other = sizes[self.one], sizes[self.other]
        return one == other if self.relation == "=" else one < other


Condition: TypeAlias = Alone | Related


def fitting(observations: Sequence[Observation]) -> list[Condition]:
    """The conditions that no observation contradicts, the simplest first; none unless some are wrong and some right.

    Example:
        >>> seen = [Observation({"N": 4, "D": 3}, False), Observation({"N": 1, "D": 3}, True)]
        >>> fitting(seen)[0].name, len(fitting(seen))
        ('N', 3)
    """
    if len({each.wrong for each in observations}) < 2:
        return []
    names = list(observations[0].sizes)
    return [
        each
        for each in _conceivable(names, observations)
        if all(each.foretells(o.sizes) == o.wrong for o in observations)
    ]


def _conceivable(names: Sequence[str], observations: Sequence[Observation]) -> Iterator[Condition]:
    for name in names:
        right, wrong = (frozenset(o.sizes[name] for o in observations if o.wrong is bad) for bad in (False, True))
        if not right & wrong:
            yield Alone(name, right, wrong)
    for relation in ("=", "<"):
        for one, other in permutations(names, 2):
            if relation == "<" or names.index(one) < names.index(other):
                yield Related(one, other, relation, wrong=True)
                yield Related(one, other, relation, wrong=False)


def contradictory(observations: Sequence[Observation]) -> bool:
    """Whether the gradient was both right and wrong at the same sizes: then something else decides."""
    seen: dict[frozenset[tuple[str, int]], bool] = {}
    return any(seen.setdefault(frozenset(each.sizes.items()), each.wrong) != each.wrong for each in observations)


def telling(
    conditions: Sequence[Condition],
    observations: Sequence[Observation],
    asked: Sequence[Mapping[str, int]],
    allows: Callable[[str, int], bool],
) -> Mapping[str, int] | None:
    """The sizes at which the conditions disagree most; None where they all agree wherever one can look.

    Args:
        conditions: Those that fit.
        observations: What was seen.
        asked: Sizes that were tried already, whether or not anything was seen there.
        allows: Whether a size may have a value.
    """
    best: tuple[int, Mapping[str, int] | None] = (0, None)
    for sizes in neighbours(observations, asked, allows):
        foretold = [each.foretells(sizes) for each in conditions]
        split = min(foretold.count(True), foretold.count(False))
        if split > best[0]:
            best = split, sizes
    return best[1]


def confirming(
    condition: Condition | None,
    observations: Sequence[Observation],
    asked: Sequence[Mapping[str, int]],
    allows: Callable[[str, int], bool],
    *,
    wrong: bool,
) -> Mapping[str, int]:
    """Sizes at which the gradient is expected to be wrong (or right): new ones, or else the first that were seen."""
    for sizes in neighbours(observations, asked, allows):
        if condition is not None and condition.foretells(sizes) is wrong:
            return sizes
    return next(each.sizes for each in observations if each.wrong is wrong)


def neighbours(
    observations: Sequence[Observation], asked: Sequence[Mapping[str, int]], allows: Callable[[str, int], bool]
) -> Iterator[Mapping[str, int]]:
    """Sizes between those of a right and of a wrong observation: one size of the other's, or two made equal."""
    seen = {frozenset(sizes.items()) for sizes in [*(each.sizes for each in observations), *asked]}
    for base, name, value in _changes(observations):
        sizes = {**base, name: value}
        key = frozenset(sizes.items())
        if key not in seen and allows(name, value):
            seen.add(key)
            yield sizes


def _changes(observations: Sequence[Observation]) -> Iterator[tuple[Mapping[str, int], str, int]]:
    bad, good = ([o.sizes for o in observations if o.wrong is wrong] for wrong in (True, False))
    for wrong, right in product(bad, good):
        for name in wrong:
            yield wrong, name, right[name]
            yield right, name, wrong[name]
    for sizes in (*bad, *good):
        for one, other in permutations(sizes, 2):
            yield sizes, one, sizes[other]
