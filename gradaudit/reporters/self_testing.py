"""How a self-test is put into words: what was caught, what was missed, and what to do then."""

from __future__ import annotations

from gradaudit.reporters.cleaning import one_line
from gradaudit.reporters.quantities import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradaudit.records.outcome import Outcome
    from gradaudit.records.report import Report
    from gradaudit.records.self_test import SelfTest

REMEDY = (
    "such a mistake would not fail this audit; draw inputs away from kinks, at which the gradient is neither small nor "
    "noisy, or raise trials="
)
_LISTED = 8  # missed distortions that are named


def missed(outcome: Outcome) -> bool:
    """Whether an audit that passed was found unable to fail."""
    return outcome.self_test is not None and bool(outcome.self_test.missed)


def score(test: SelfTest) -> str:
    """What became of the distortions of one audit.

    >>> from gradaudit.records.self_test import SelfTest
    >>> score(SelfTest(4, not_applicable=("transposed",)))
    '4 of 4 distortions caught; not applicable: transposed'
    """
    text = _caught(test.caught, test.tried)
    if test.below_threshold:
        text += "; below the threshold: " + ", ".join(one_line(small.description) for small in test.below_threshold)
    if test.not_applicable:
        text += "; not applicable: " + ", ".join(test.not_applicable)
    if test.gradients_left_out:
        text += f"; {plural(test.gradients_left_out, 'gradient')} left out, which move the output more"
    return text


def misses(test: SelfTest) -> str:
    """The distortions that were missed, and how the audit ended instead; empty where none was."""
    named = [f"{one_line(each.description)} ({each.verdict})" for each in test.missed[:_LISTED]]
    more = len(test.missed) - len(named)
    return ", ".join(named) + (f" and {plural(more, 'other')}" if more else "")


def total(report: Report) -> str:
    """The score of a run; empty where no self-test was asked for.

    >>> from gradaudit.records.outcome import Outcome
    >>> from gradaudit.records.report import Report
    >>> from gradaudit.records.self_test import SelfTest
    >>> total(Report("0", audits=(Outcome("a.py::f", "a.py", 1, "passed", self_test=SelfTest(4)),), self_tested=True))
    'self-test: 4 of 4 distortions caught in 1 audit'
    """
    tests = [outcome.self_test for outcome in report.audits if outcome.self_test is not None]
    if not tests:
        return "self-test: no audit passed, so none was tested" if report.self_tested else ""
    caught, tried = sum(test.caught for test in tests), sum(test.tried for test in tests)
    small = sum(len(test.below_threshold) for test in tests)
    return f"self-test: {_caught(caught, tried)} in {plural(len(tests), 'audit')}" + (
        f", {small:,} below the threshold" if small else ""
    )


def _caught(caught: int, tried: int) -> str:
    return f"{caught:,} of {plural(tried, 'distortion')} caught"
