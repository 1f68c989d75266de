"""Which findings stand when several are about one gradient: what is the reason, and what only follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradaudit.records.finding import Finding

# What follows from the first, and is not told beside it: a state that changes makes any value; a part of the upstream
# gradient that is left out, or clipped, makes values that look like something else by chance.
_VALUES = frozenset(f"GA2{number:02}" for number in range(1, 15))
_FOLLOWS: dict[str, frozenset[str]] = {
    "GA302": _VALUES | {"GA303", "GA305", "GA307", "GA401", "GA402"},
    "GA303": _VALUES,
    "GA210": frozenset({"GA201", "GA202", "GA203", "GA208", "GA209", "GA213", "GA306"}),
    "GA209": frozenset({"GA201", "GA203", "GA213", "GA306"}),
    # In a trial where sizes coincide the wrong shape is the right one, with other values.
    "GA207": _VALUES - {"GA207"} | {"GA306"},
    # Infinity stays infinity whatever is put in.
    "GA211": frozenset({"GA209", "GA210", "GA306"}),
    # Whose values are wrong will be another array soon.
    **{code: frozenset({"GA306"}) for code in _VALUES - {"GA207", "GA209", "GA210", "GA211"}},
}
# A zero row makes a part of the upstream gradient have no effect; a penalty that is added is not linear in it.
_WINS: dict[str, frozenset[str]] = {
    "GA209": frozenset({"GA202", "GA204", "GA205", "GA206", "GA208", "GA212", "GA214"}),
    "GA210": frozenset({"GA204", "GA205", "GA206", "GA212", "GA214"}),
}


def reasons(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings without those that follow from others about the same gradient.

    Args:
        findings: Of one audit; those without a gradient are about all of them.
    """
    stand = [finding for finding in findings if not _any(findings, finding, _WINS.get(finding.code, frozenset()))]
    return tuple(
        finding
        for finding in stand
        if not any(_about(other, finding) and finding.code in _FOLLOWS.get(other.code, ()) for other in stand)
    )


def with_hints(findings: Sequence[Finding], hints: Iterable[Finding]) -> tuple[Finding, ...]:
    """Hints in the places of wrong gradients that have no name.

    Args:
        findings: Those that stand.
        hints: What else is known of some gradients.
    """
    known = {hint.gradient: hint for hint in hints}
    return tuple(
        _joined(known[each.gradient], each) if each.code == "GA201" and each.gradient in known else each
        for each in findings
    )


def _joined(hint: Finding, finding: Finding) -> Finding:
    """The hint, with what is known of the values."""
    _, _, values = finding.message.partition(": it is ")
    return hint._replace(message=f"{hint.message}: it is {values}") if values else hint


def _any(findings: Iterable[Finding], finding: Finding, codes: frozenset[str]) -> bool:
    return any(other.code in codes and _about(other, finding) for other in findings)


def _about(other: Finding, finding: Finding) -> bool:
    # A state that one gradient depends on may be in all of them.
    return other.gradient in {None, finding.gradient} or other.code == "GA303"


def seen_twice(trials: Sequence[Sequence[Finding]], code: str) -> frozenset[str | None]:
    """The gradients for which a finding was made in more than one trial, or in the only one.

    At one point in a million a value lies so near to a switch that its rounding decides; not at two.
    """
    counts: dict[str | None, int] = {}
    for findings in trials:
        for gradient in {finding.gradient for finding in findings if finding.code == code}:
            counts[gradient] = counts.get(gradient, 0) + 1
    return frozenset(gradient for gradient, count in counts.items() if count > 1 or len(trials) == 1)
