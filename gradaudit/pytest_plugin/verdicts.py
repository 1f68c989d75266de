"""What an audit's outcome is to pytest. An audit that was not decided never passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gradaudit.pipeline import fails_run
from gradaudit.reporters import Style
from gradaudit.reporters.cleaning import one_line, without_commands
from gradaudit.reporters.details import describe_finding
from gradaudit.reporters.text import block
from gradaudit.reporters.wording import headline, location, rule_name, standing
from gradaudit.rules import fails

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.configuration import Settings
    from gradaudit.records.finding import Finding
    from gradaudit.records.outcome import Outcome


class AuditFailedError(Exception):
    """An audit failed; the message is what ``gradaudit scan`` prints about it.

    Attributes:
        headline: Why, in one line.
    """

    def __init__(self, text: str, headline: str = "") -> None:
        super().__init__(text)
        self.headline = headline or text.split("\n", 1)[0]


def judge(outcomes: Sequence[Outcome], settings: Settings, *, run_xfail: bool) -> None:
    """Say what became of an item's audits in the way that pytest understands: return, or raise.

    Args:
        outcomes: Of the audits that one use of the decorator declared.
        settings: Which rules count, and whether what is undecided fails.
        run_xfail: Whether to pass over declarations of failure (``--runxfail``).

    Raises:
        AuditFailedError: One fails.
        pytest.skip.Exception: None fails, and one could not be decided or was not run.
        pytest.xfail.Exception: All fail as declared.
    """
    style = _style(settings)
    failed = [each for each in outcomes if fails_run(each, settings) or (run_xfail and each.verdict == "xfailed")]
    if failed:
        text = "\n\n".join("\n".join(block(outcome, style)) for outcome in failed)
        raise AuditFailedError(without_commands(text), _why(failed[0]))
    verdicts = {outcome.verdict for outcome in outcomes}
    for outcome in outcomes:
        if outcome.verdict in {"inconclusive", "failed", "error"}:  # the last two with ignored findings alone
            pytest.skip(_why(outcome))
        if outcome.is_ignored:
            pytest.skip(f"ignored: {headline(outcome)}")
    if not outcomes:
        pytest.skip("none of the audits that it declares is asked for")
    if verdicts == {"xfailed"}:
        pytest.xfail(outcomes[0].reason)
    if "passed" not in verdicts:
        pytest.skip(outcomes[0].reason)


def judge_finding(finding: Finding, settings: Settings) -> None:
    """The same for what is wrong with a file.

    Raises:
        AuditFailedError: The rule counts.
        pytest.skip.Exception: It is ignored.
    """
    style = _style(settings)
    title = f"{finding.code} {rule_name(finding.code)}: {one_line(finding.message)}"
    if not fails(finding):
        pytest.skip(f"ignored: {title}")
    text = "\n".join(describe_finding(finding, style, where=f"{location(finding)}: "))
    raise AuditFailedError(without_commands(text), title)


def warnings_of(outcome: Outcome, settings: Settings) -> list[str]:
    """The findings of an audit that passed which show and do not fail."""
    if outcome.verdict != "passed":
        return []
    style = _style(settings)
    return [
        "\n".join(line.strip() for line in describe_finding(finding, style))
        for finding in outcome.findings
        if standing(finding) == "warning"
    ]


def _why(outcome: Outcome) -> str:
    kind = "" if outcome.verdict in {"failed", "passed"} else f"{outcome.verdict}: "
    return kind + headline(outcome).removeprefix(kind)


def _style(settings: Settings) -> Style:
    return Style(verbosity=settings.verbosity)
