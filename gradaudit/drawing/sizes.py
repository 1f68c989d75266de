"""A number for each named size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradaudit.errors import AuditError
from gradaudit.near_names import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import numpy as np

SMALLEST, LARGEST = 2, 8
"""Sizes are drawn from 2 to 8: 1 hides sums over an axis, and beyond a handful nothing new is seen."""
LARGER = (9, 16)
"""Those of the third trial, where blocked or vectorised code takes other paths."""


def draw_sizes(
    names: Sequence[str],
    bounds: Mapping[str, Any],
    trial: int,
    rng: np.random.Generator,
    lowest: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """Draw named sizes.

    In the first trial all are different, so that a missing transpose can't hide; in the second one of them is 1; in the
    third they are larger; from then on any, with a 1 in every other trial.

    Args:
        names: The named sizes.
        bounds: For some of them a number, or the lowest and the highest, both included.
        trial: Number of the trial.
        rng: Where randomness comes from.
        lowest: For names without bounds, the least that arithmetic in the shapes allows (1).

    Raises:
        AuditError: GA004, a bound is wrong.

    Example:
        >>> import numpy as np
        >>> sizes = draw_sizes(["N", "D", "M"], {"M": 3}, 0, np.random.default_rng(0))
        >>> len(set(sizes.values())), sizes["M"]
        (3, 3)
    """
    given = {name: _bound(name, bound, names) for name, bound in bounds.items()}
    least = lowest or {}
    usual = {name: given.get(name) or _from(least.get(name, 1), SMALLEST, LARGEST) for name in names}
    if trial == 0:
        return _different(usual, frozenset(given), rng)
    ranges = usual
    if trial == 2:
        ranges = {name: _upper(given[name]) if name in given else _from(least.get(name, 1), *LARGER) for name in names}
    sizes = {name: int(rng.integers(low, high + 1)) for name, (low, high) in ranges.items()}
    may_be_one = [name for name in names if (given[name][0] if name in given else least.get(name, 1)) == 1]
    if trial % 2 and may_be_one:
        sizes[_one_of(may_be_one, rng)] = 1
    return sizes


def _one_of(names: Sequence[str], rng: np.random.Generator) -> str:
    """Three times out of four the first: it is the batch in most code, where a size of 1 breaks most."""
    return names[0] if len(names) == 1 or rng.random() < 0.75 else names[int(rng.integers(1, len(names)))]


def _from(least: int, low: int, high: int) -> tuple[int, int]:
    """A range of the same width that begins where the shapes allow it."""
    shift = max(0, least - low)
    return low + shift, high + shift


def _different(
    ranges: Mapping[str, tuple[int, int]], given: Collection[str], rng: np.random.Generator
) -> dict[str, int]:
    """As different as the bounds allow: a maximum matching of names to sizes, by augmenting paths (Kuhn 1955)."""
    choices = {name: _choices(bound, name in given, len(ranges), rng) for name, bound in ranges.items()}
    holders: dict[int, str] = {}

    def seat(name: str, tried: set[int]) -> bool:
        for size in choices[name]:
            if size not in tried:
                tried.add(size)
                if size not in holders or seat(holders[size], tried):
                    holders[size] = name
                    return True
        return False

    for name in ranges:
        seat(name, set())
    taken = {name: size for size, name in holders.items()}
    return {name: taken.get(name, choices[name][0]) for name in ranges}


def _choices(bound: tuple[int, int], is_given: bool, names: int, rng: np.random.Generator) -> list[int]:
    """The sizes that a name may take, the best first: the usual ones in random order, larger ones, 1."""
    low, high = bound
    first = max(low, SMALLEST)
    usual = range(first, min(high, max(LARGEST, first + LARGEST - SMALLEST)) + 1)
    end = high if is_given else high + names
    beyond = range(usual.stop, min(end, usual.stop + names) + 1)
    return [*(int(size) for size in rng.permutation(list(usual))), *beyond, *([1] if low == 1 else [])]


def _upper(bound: tuple[int, int]) -> tuple[int, int]:
    """The upper half of a range."""
    low, high = bound
    return (low + high + 1) // 2, high


def _bound(name: str, bound: Any, names: Sequence[str]) -> tuple[int, int]:
    if name not in names:
        remedy = nearest(name, names) if names else "leave it out: no input has a named size"
        raise AuditError("GA004", f"sizes names {name!r}, which no input has", help=remedy)
    low, high = (bound, bound) if isinstance(bound, int) else tuple(bound) if _is_pair(bound) else (None, None)
    if not (_is_whole(low) and _is_whole(high) and 1 <= low <= high):
        message = f"sizes[{name!r}] is {bound!r}; expected a size, or the lowest and the highest such as (1, 8)"
        raise AuditError("GA004", message, help=f'write sizes={{"{name}": (1, 8)}}')
    return low, high


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_pair(bound: Any) -> bool:
    return isinstance(bound, (tuple, list)) and len(bound) == 2
