"""What a report complains about, one alert each, for the formats that put a mark on a line of the source.

What was said not to count raises none: findings that are ignored, audits that are skipped or fail as they are expected
to. The findings of rules that only count when they are selected are notes.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from gradaudit.records.finding import Finding
from gradaudit.reporters.self_testing import REMEDY, missed, misses
from gradaudit.rules import RULES, STATIC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Literal

    from gradaudit.records.finding import Region
    from gradaudit.records.outcome import GradientOutcome, Outcome
    from gradaudit.records.report import Report
    from gradaudit.reporters import Style

    Level = Literal["error", "warning", "note"]

SELF_TEST = "self-test"
"""Stands for a rule where a self-test found that an audit can't fail."""

_LEVELS = ("error", "warning", "note")
# What an audit that did not pass is, if no finding says why.
_UNSAID = {"failed": "GA201", "error": "GA006", "inconclusive": "GA402"}


@dataclass(frozen=True)
class Alert:
    """One thing that is wrong.

    Attributes:
        level: How much it matters.
        finding: What is wrong; its code is that of a rule, or `SELF_TEST`.
        outcome: The audit; None for what belongs to none.
    """

    level: Level
    finding: Finding
    outcome: Outcome | None = None

    @property
    def place(self) -> Outcome | Finding:
        """What says the file, the line and the region."""
        if self.outcome is None:
            return self.finding
        is_elsewhere = self.finding.line not in {None, self.outcome.line} or self.finding.region is not None
        return self.finding if is_elsewhere else self.outcome

    @property
    def region(self) -> Region | None:
        """What to mark in the file; none in a notebook, whose lines are those of a cell."""
        return None if self.place.cell is not None else self.place.region

    @property
    def line(self) -> int | None:
        """The line in the file; none in a notebook."""
        return None if self.place.cell is not None else self.place.line

    @property
    def gradient(self) -> GradientOutcome | None:
        """The verdict on the gradient that it is about."""
        gradients = self.outcome.gradients if self.outcome else ()
        return next((each for each in gradients if each.name == self.finding.gradient), None)

    def path(self, style: Style) -> str:
        """The file from the repository's top level on, with forward slashes."""
        return posixpath.normpath(style.folder + (self.place.file or ""))

    def within_notebook(self) -> str:
        """``"cell 3 line 7"`` where no mark can say that much, else nothing."""
        place = self.place
        return "" if place.cell is None else f"cell {place.cell}" + (f" line {place.line}" if place.line else "")


def alerts(report: Report) -> list[Alert]:
    """All of them, in the order of the report."""
    found = [alert for outcome in report.audits for alert in _of_audit(outcome)]
    outside = ((_level(finding), finding) for finding in report.findings)
    return found + [Alert(level, finding) for level, finding in outside if level]


def worst_first(found: Sequence[Alert]) -> list[Alert]:
    """Errors before warnings before notes, larger differences first, otherwise as they come."""
    return sorted(found, key=lambda alert: (_LEVELS.index(alert.level), -_size(alert)))


def _of_audit(outcome: Outcome) -> Iterator[Alert]:
    if outcome.verdict in {"skipped", "xfailed"}:
        return
    if missed(outcome) and outcome.self_test is not None:
        yield Alert("error", Finding(SELF_TEST, f"a self-test missed: {misses(outcome.self_test)}", REMEDY), outcome)
    findings = outcome.findings or _unsaid(outcome)
    for finding in findings:
        if level := _level(finding):
            # What can't be decided may be right.
            yield Alert("warning" if outcome.verdict == "inconclusive" else level, finding, outcome)


def _unsaid(outcome: Outcome) -> tuple[Finding, ...]:
    code = _UNSAID.get(outcome.verdict)
    return (Finding(code, f"the audit {_HAS_ENDED[outcome.verdict]}"),) if code else ()


_HAS_ENDED = {"failed": "failed", "error": "could not be run", "inconclusive": "is inconclusive"}


def _level(finding: Finding) -> Level | None:
    """None for what does not count."""
    if not finding.ignored:
        return RULES[finding.code].severity
    return "note" if finding.ignored == "default" else None  # counts if asked for


def _size(alert: Alert) -> float:
    """How much a gradient differs; what could not be compared is worse than any number, what was not run is 0."""
    if alert.finding.code in STATIC:
        return 0.0
    measured = alert.gradient or alert.outcome
    difference = measured.difference if measured else None
    return float("inf") if difference is None or difference != difference else difference  # noqa: PLR0124 - NaN
