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
    """
    from difflib import get_close_matches  # only when a mistake was made: it costs milliseconds

    candidates = sorted(set(known))
    near = get_close_matches(name, candidates, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(candidates)}"
