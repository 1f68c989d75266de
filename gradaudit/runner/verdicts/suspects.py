"""What one trial located, for the next one to look at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradaudit.numerics.results.evidence import Located
    from gradaudit.runner.trials.findings import Compared


def suspects_of(compared: Iterable[Compared]) -> dict[str, Located]:
    """What was located in each gradient, by name: of several trials, by the last.

    Args:
        compared: What earlier trials compared, in their order.
    """
    known = ((each.block.name, each.block.evidence) for each in compared)
    return {name: found.located for name, found in known if found is not None and found.located is not None}
