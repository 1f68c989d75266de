"""The same inputs with integers that repeat, or that don't, and the sizes at which there is room for that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gradaudit.distributions.discrete import Integers
from gradaudit.drawing.containers import leaves_of, rebuild

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gradaudit.distributions.discrete import Repeats
    from gradaudit.distributions.shapes import Size

# Sizes are raised no further than this to make room: a table of that many rows is drawn and differentiated in no time.
MOST = 256


def with_repeats(inputs: Mapping[str, Any], names: Collection[str], repeats: Repeats) -> dict[str, Any]:
    """The inputs, with the integers of those names drawn as `repeats` says in whatever trial.

    Args:
        inputs: As declared.
        names: Dotted names of leaves that are integers.
        repeats: Whether some are to be equal.
    """

    def place(leaf: Any, path: tuple[Any, ...]) -> Any:
        name = ".".join(str(step) for step in path)
        return replace(leaf, repeats=repeats) if name in names and isinstance(leaf, Integers) else leaf

    return {name: rebuild(value, (name,), place, ()) for name, value in inputs.items()}


def integer_names(inputs: Any) -> list[str]:
    """Dotted names of the leaves that are drawn as integers; none where a callable draws everything."""
    return [name for name, _ in _integers(inputs)]


def roomy_sizes(
    inputs: Mapping[str, Any], names: Collection[str], sizes: Mapping[str, int], bounds: Mapping[str, Any]
) -> dict[str, int] | None:
    """The sizes, changed as little as it takes for the integers of those names to be all distinct; None if they can't.

    Where `high` has a named size that is free, that is raised; else the sizes of the shape are lowered, to 2 at least:
    a single index says nothing of two that differ.

    Args:
        inputs: As declared.
        names: Dotted names of leaves that are integers.
        sizes: A number for each named size.
        bounds: For some of them a number, or the lowest and the highest.

    Example:
        >>> from gradaudit.distributions import integers
        >>> roomy_sizes({"i": integers("N", high="V")}, ["i"], {"N": 5, "V": 3}, {})
        {'N': 5, 'V': 5}
        >>> roomy_sizes({"i": integers("N", high=3)}, ["i"], {"N": 5}, {})
        {'N': 3}
    """
    found = dict(sizes)
    for name, spec in _integers(inputs):
        if name not in names:
            continue
        free = [size for size in _names_in(spec.high) if size not in spec.shape.names]
        while spec.room(found) < _count(spec, found):
            changed = _changed(found, free, spec.shape.names, bounds)
            if changed is None:
                return None
            found = changed
    return found


def _changed(
    sizes: Mapping[str, int], raised: Collection[str], lowered: Collection[str], bounds: Mapping[str, Any]
) -> dict[str, int] | None:
    """One size by one step nearer to where there is room."""
    for name in raised:
        if sizes[name] < _bound(bounds.get(name), (1, MOST))[1]:
            return {**sizes, name: sizes[name] + 1}
    for name in sorted(lowered, key=lambda name: -sizes[name]):
        if sizes[name] > max(2, _bound(bounds.get(name), (1, MOST))[0]):
            return {**sizes, name: sizes[name] - 1}
    return None


def _bound(bound: Any, usual: tuple[int, int]) -> tuple[int, int]:
    if bound is None:
        return usual
    return (bound, bound) if isinstance(bound, int) else (bound[0], bound[1])


def _integers(inputs: Any) -> Iterator[tuple[str, Integers]]:
    if not callable(inputs):
        for leaf, path in leaves_of(dict(inputs)):
            if isinstance(leaf, Integers):
                yield ".".join(str(step) for step in path), leaf


def _names_in(high: int | Size) -> tuple[str, ...]:
    return () if isinstance(high, int) else high.names


def _count(spec: Integers, sizes: Mapping[str, int]) -> int:
    count = 1
    for size in spec.shape.sizes:
        count *= size.number(sizes)
    return count
