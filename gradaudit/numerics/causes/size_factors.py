"""What a gradient's factor may be in the named sizes of a trial: N, 1/N, √N, N/(N-1), 1/(4·N·M), ...

How often such a name is a coincidence was measured with 15 to 50 factors of other kinds for each size and pair of sizes
(N+1, N-2, N³, log N, ⌊N/2⌋, N+M, max(N, M), N-M+1, N²/M, ...) and with these themselves, for one to six sizes, as
audits draw them, 80 to 200 draws each. By the three trials of an audit 2 to 4% of the others get a name, by two of them
7 to 18%. With two more trials, at `telling_sizes`, it is 0.04% at most, and of these none gets the name of another.
"""

from __future__ import annotations

import math
from itertools import combinations, cycle, permutations
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class SizeFactor(NamedTuple):
    """An expression.

    Attributes:
        text: As it is written.
        value: What it comes to.
        names: How many sizes it has.
    """

    text: str
    value: float
    names: int


def size_factors(sizes: Mapping[str, int]) -> Iterator[SizeFactor]:
    """The expressions that scale gradients in practice, those of fewer names first; none that divides by zero.

    No two of them are the same at all sizes.

    Example:
        >>> [each.text for each in size_factors({"N": 4, "M": 3}) if each.value == 1 / 48]
        ['1/(4·N·M)']
    """
    for name, size in sizes.items():
        yield from _of_one(name, size)
    for one, other in combinations(sizes.items(), 2):
        yield from _of_two(*one, *other)
    for count in range(3, len(sizes) + 1):
        # Between three and all of them lie pixels and channels without the batch; more are no longer read.
        if count == 3 or count == len(sizes):
            for chosen in combinations(sizes.items(), count):
                product = "·".join(name for name, _ in chosen)
                yield from _multiples(product, math.prod(size for _, size in chosen), (1, 2), count)


def _of_one(name: str, size: int) -> Iterator[SizeFactor]:
    yield from _multiples(name, size, (1, 2, 3, 4), 1)
    yield SizeFactor(f"√{name}", math.sqrt(size), 1)
    yield SizeFactor(f"1/√{name}", 1 / math.sqrt(size), 1)
    yield SizeFactor(f"{name}²", float(size**2), 1)
    yield SizeFactor(f"1/{name}²", 1 / size**2, 1)
    if size > 1:
        yield SizeFactor(f"({name}-1)/{name}", (size - 1) / size, 1)
        yield SizeFactor(f"{name}/({name}-1)", size / (size - 1), 1)
        yield from _multiples(f"({name}-1)", size - 1, (1, 2), 1)


def _of_two(one: str, a: int, other: str, b: int) -> Iterator[SizeFactor]:
    yield from _multiples(f"{one}·{other}", a * b, (1, 2, 4), 2)
    for (above, high), (below, low) in permutations(((one, a), (other, b))):
        yield SizeFactor(f"{above}/{below}", high / low, 2)
        yield SizeFactor(f"2·{above}/{below}", 2 * high / low, 2)
        yield SizeFactor(f"{above}/(2·{below})", high / (2 * low), 2)
        yield SizeFactor(f"√({above}/{below})", math.sqrt(high / low), 2)
    yield SizeFactor(f"√({one}·{other})", math.sqrt(a * b), 2)
    yield SizeFactor(f"1/√({one}·{other})", 1 / math.sqrt(a * b), 2)


def _multiples(text: str, value: int, times: tuple[int, ...], names: int) -> Iterator[SizeFactor]:
    """c·S, S/c, c/S and 1/(c·S)."""
    plain = text.removeprefix("(").removesuffix(")") if text.startswith("(") else text
    below = f"({text})" if "·" in text else text
    for c in times:
        if c == 1:
            yield SizeFactor(f"1/{below}", 1 / value, names)
            yield SizeFactor(plain, float(value), names)
        else:
            yield SizeFactor(f"{c}/{below}", c / value, names)
            yield SizeFactor(f"{text}/{c}", value / c, names)
            yield SizeFactor(f"{c}·{text}", float(c * value), names)
            yield SizeFactor(f"1/({c}·{text})", 1 / (c * value), names)


# Sizes of two trials that tell factors apart: in the second the larger ones are the smaller ones. Of 14 random pairs of
# such rows those that left the fewest names to chance (see above).
RISING = (6, 9, 10, 11, 13, 15, 16, 14)
FALLING = (11, 8, 7, 6, 5, 4, 3, 9)


def telling_sizes(bounds: Mapping[str, tuple[int, int]]) -> Iterator[dict[str, int]]:
    """Sizes within bounds at which factors differ that are the same at others.

    Args:
        bounds: For each name the lowest and the highest size.

    Example:
        >>> list(telling_sizes({"N": (2, 16), "M": (2, 8)}))
        [{'N': 6, 'M': 8}, {'N': 11, 'M': 8}]
    """
    for row in (RISING, FALLING):
        yield {name: min(max(low, size), high) for (name, (low, high)), size in zip(bounds.items(), cycle(row))}
