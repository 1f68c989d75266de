"""What a term may be in proportion to in the named sizes of a trial: N, 1/N, √N, 1/(N·D), ..."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def size_expressions(sizes: Mapping[str, int]) -> Iterator[tuple[str, float]]:
    """Expressions that terms come with in practice, the likelier ones first, with their values; infinite where 1/0.

    The term has a number of its own, so that multiples by others are no expressions of their own.

    >>> [text for text, value in size_expressions({"N": 4}) if value == 0.25]
    ['1/N']
    """
    for name, size in sizes.items():
        yield f"1/{name}", 1 / size
        yield name, float(size)
    for name, size in sizes.items():
        yield f"1/√{name}", 1 / math.sqrt(size)
        yield f"√{name}", math.sqrt(size)
        yield f"{name}/({name}-1)", size / (size - 1) if size > 1 else math.inf
        yield f"({name}-1)/{name}", (size - 1) / size
        yield f"1/({name}-1)", 1 / (size - 1) if size > 1 else math.inf
        yield f"1/{name}²", 1 / size**2
        yield f"{name}²", float(size**2)
    yield from _of_several(sizes)


def _of_several(sizes: Mapping[str, int]) -> Iterator[tuple[str, float]]:
    for (one, a), (other, b) in combinations(sizes.items(), 2):
        yield f"1/({one}·{other})", 1 / (a * b)
        yield f"{one}·{other}", float(a * b)
        yield f"{one}/{other}", a / b
        yield f"{other}/{one}", b / a
    if len(sizes) > 2:
        product = math.prod(sizes.values())
        names = "·".join(sizes)
        yield f"1/({names})", 1 / product
        yield names, float(product)
