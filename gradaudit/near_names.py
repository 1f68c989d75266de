"""The remedy for a misspelt name."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is meant, probably; else all of them.

    >>> nearest("sede", ["seed", "trials"])
    "did you mean 'seed'?"
    >>> nearest("x", ["trials", "seed"])
    'known are seed, trials'
    >>> nearest("W", ["x", "w"])
    "did you mean 'w'?"
    """
    candidates = sorted(set(known))
    return nearest_only(name, candidates) or f"known are {', '.join(candidates)}"


def nearest_only(name: str, known: Iterable[str]) -> str:
    """The known name that is meant, as a question; empty if none is near.

    >>> nearest_only("sede", ["seed", "trials"]), nearest_only("x", ["seed"])
    ("did you mean 'seed'?", '')
    """
    from difflib import get_close_matches  # only when a mistake was made: it costs milliseconds

    candidates = sorted(set(known))
    same = [known for known in candidates if known.casefold() == name.casefold()]
    near = same or get_close_matches(name, candidates, n=1)
    return f"did you mean {near[0]!r}?" if near else ""
