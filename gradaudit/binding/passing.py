"""How what is bound is passed on: by position, or by name where a parameter before it is left out."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TypeAlias

from gradaudit.binding.plan import Argument, Source

Found: TypeAlias = Sequence[tuple[inspect.Parameter, Source | None]]


def arguments_of(found: Found) -> list[Argument]:
    """A plan in which what goes by position does not slip into the place of a parameter that is left out."""
    by_position = [
        place
        for place, (parameter, source) in enumerate(found)
        if source is not None and parameter.kind in {parameter.POSITIONAL_ONLY, parameter.VAR_POSITIONAL}
    ]
    last = max(by_position, default=-1)
    plan: list[Argument] = []
    skipped = False
    for place, (parameter, known) in enumerate(found):
        source = known
        if source is None and place < last and parameter.kind in {0, 1} and parameter.default is not parameter.empty:
            source = Source("own", parameter.name)
        if source is not None:
            plan.append(_argument(parameter, source, by_name=skipped))
        else:
            skipped = skipped or parameter.kind is not parameter.VAR_POSITIONAL
    return plan


def _argument(parameter: inspect.Parameter, source: Source, *, by_name: bool) -> Argument:
    keyword = parameter.kind is parameter.KEYWORD_ONLY or (by_name and parameter.kind is not parameter.POSITIONAL_ONLY)
    return Argument(parameter.name, source, keyword=keyword, starred=parameter.kind is parameter.VAR_POSITIONAL)


def unfilled(found: Found) -> list[str]:
    """The parameters that need a value and have none."""
    return [
        parameter.name
        for parameter, source in found
        if source is None and parameter.default is parameter.empty and parameter.kind not in {2, 4}
    ]
