"""Gradients that a backward returns for inputs that are not differentiated: a pass says nothing of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gradaudit.matching import Path, Wanted, follow, spellings


class NotLookedAt(NamedTuple):
    """An input, or a leaf of one, that is not differentiated though a gradient of it may exist.

    Attributes:
        name: Dotted.
        path: How to reach it: the input's name, then keys, attributes and indices.
        why: What keeps it from being differentiated, and what to write.
    """

    name: str
    path: Path
    why: str

    @property
    def note(self) -> str:
        """What the reader of a verdict should know."""
        return f"{self.name} is not differentiated, and the gradient returned for it was not looked at: {self.why}"


def returned_beside(
    returned: Any, others: Sequence[NotLookedAt], wanted: Sequence[Wanted], arguments: Sequence[str]
) -> list[NotLookedAt]:
    """Those of the other inputs for which there is something in what came back.

    Args:
        returned: What the backward returned.
        others: The inputs that are not differentiated.
        wanted: Those that are.
        arguments: All the forward's arguments in order.

    Example:
        >>> others = [NotLookedAt("S", ("S",), "it is sparse")]
        >>> [each.name for each in returned_beside((2.0, 1.0), others, [Wanted("x", ("x",))], ["S", "x"])]
        ['S']
        >>> returned_beside({"dx": 1.0}, others, [Wanted("x", ("x",))], ["S", "x"])
        []
    """
    roots = list(dict.fromkeys(leaf.path[0] for leaf in wanted))
    return [other for other in others if _gradient(returned, other, roots, arguments) is not None]


def _gradient(returned: Any, other: NotLookedAt, roots: Sequence[str], arguments: Sequence[str]) -> Any:
    """What came back for an input, by its place or its name; None where nothing did."""
    root, inside = other.path[0], other.path[1:]
    if isinstance(returned, Mapping):
        names = [*spellings(other.name), *(spellings(str(inside[-1])) if inside else ())]
        return next((returned[name] for name in names if name in returned), None)
    is_array = hasattr(returned, "dtype")
    candidates = [returned] if inside and list(roots) == [root] and not is_array else []
    if isinstance(returned, (tuple, list)):
        order = next((list(names) for names in (roots, arguments) if len(names) == len(returned)), [])
        candidates += [returned[order.index(root)]] if root in order else []
    return next((found for each in candidates if (found := _followed(each, inside)) is not None), None)


def _followed(value: Any, path: Path) -> Any:
    try:
        return follow(value, path)
    except (KeyError, IndexError, AttributeError, TypeError):
        return None
