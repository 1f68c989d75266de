"""PLAN: which audits run, and with which options."""

from __future__ import annotations

from dataclasses import fields

from gradaudit import selection
from gradaudit.records import Case, Options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gradaudit.configuration import Settings
    from gradaudit.records import Target

_FORCED_BY = "command line"


def plan(
    targets: Iterable[Target], settings: Settings, labels: Mapping[Target, tuple[str, ...]] | None = None
) -> tuple[Case, ...]:
    """One case a target that the ``-k`` expression leaves, in the order of the targets.

    A target whose names are only known when it runs stays, and carries the expression with it.

    Args:
        targets: What discovery saw.
        settings: The run's; its options on the command line win over those of an audit, the others yield to them.
        labels: The labels asked for of targets whose audits get their names when run; see `Case.labels`.

    Raises:
        UsageError: The expression is broken.
    """
    is_meant = selection.compile_expression(settings.keyword)
    forced, defaults = _forced(settings), _defaults(settings)
    asked = labels or {}
    return tuple(
        Case(
            target=target,
            forced=forced,
            defaults=defaults,
            keyword=settings.keyword if target.names_vary else "",
            labels=asked.get(target, ()),
        )
        for target in targets
        if target.names_vary or is_meant(target.id)
    )


def _forced(settings: Settings) -> Options:
    """What the command line says; None elsewhere."""
    return Options(
        **{
            option.name: getattr(settings, option.name)
            for option in fields(Options)
            if settings.origins.get(option.name) == _FORCED_BY
        }
    )


def _defaults(settings: Settings) -> Options:
    """What the configuration file says, or the default: an audit's own options win over these."""
    return Options(**{option.name: getattr(settings, option.name) for option in fields(Options)})
