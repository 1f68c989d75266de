"""PLAN: which audits run, and with which options."""

from __future__ import annotations

from gradaudit import selection
from gradaudit.records.case import Case, Options
from gradaudit.records.selection import Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gradaudit.configuration import Settings
    from gradaudit.records.case import Target

_FORCED_BY = "command line"


def plan(
    targets: Iterable[Target],
    settings: Settings,
    labels: Mapping[Target, tuple[str, ...]] | None = None,
    in_comments: Mapping[Target, tuple[str, ...]] | None = None,
) -> tuple[Case, ...]:
    """One case a target that the ``-k`` expression leaves, in the order of the targets.

    A target whose names are only known when it runs stays, and carries the expression with it.

    Args:
        targets: What discovery saw.
        settings: The run's; its options on the command line win over those of an audit, the others yield to them.
        labels: The labels asked for of targets whose audits get their names when run; see `Case.labels`.
        in_comments: The codes that comments say to ignore.

    Raises:
        UsageError: The expression is broken.
    """
    is_meant = selection.compile_expression(settings.keyword)
    forced, defaults = _forced(settings), _defaults(settings)
    asked, commented = labels or {}, in_comments or {}
    return tuple(
        Case(
            target=target,
            forced=forced,
            defaults=defaults,
            keyword=settings.keyword if target.names_vary else "",
            labels=asked.get(target, ()),
            selection=selection_in(target.file, settings, commented.get(target, ())),
        )
        for target in targets
        if target.names_vary or is_meant(target.id)
    )


def _forced(settings: Settings) -> Options:
    """What the command line says; None elsewhere."""
    return Options(
        **{
            option: getattr(settings, option)
            for option in Options._fields
            if settings.origins.get(option) == _FORCED_BY
        }
    )


def _defaults(settings: Settings) -> Options:
    """What the configuration file says, or the default: an audit's own options win over these."""
    return Options(**{option: getattr(settings, option) for option in Options._fields})


def selection_in(file: str, settings: Settings, in_comments: tuple[str, ...] = ()) -> Selection:
    """Which rules count in a file.

    Args:
        file: Relative to the root, with forward slashes.
        settings: The run's.
        in_comments: The codes that comments at the place say to ignore.

    >>> from gradaudit.configuration import Settings
    >>> selection_in("tests/layers.py", Settings(per_file_ignores=(("tests/*", ("GA101",)),))).in_file
    ('GA101',)
    """
    in_file = tuple(code for pattern, codes in settings.per_file_ignores if _is_meant(file, pattern) for code in codes)
    return Selection(settings.select, settings.extend_select, settings.ignore, in_file, in_comments)


def _is_meant(file: str, pattern: str) -> bool:
    """Whether a pattern means a file; one with ``!`` before it means all others, as in ruff."""
    from gradaudit.file_patterns import compile_pattern

    is_matched = compile_pattern(pattern.removeprefix("!")).match(file) is not None
    return is_matched != pattern.startswith("!")
