"""One finding for one mistake: what the source shows of an audited function, and a run proves, is told once.

A run's finding is proof, so its code stands, and comments, the selection and the baseline are asked about that code.
What the source shows adds the place and the names, and stands by itself only where no run proves it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from gradaudit.rules import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradaudit.records.finding import Finding
    from gradaudit.records.outcome import Outcome


def joined(outcome: Outcome, shown: Iterable[Finding]) -> Outcome:
    """An outcome whose findings have what the source shows of the same mistakes.

    Args:
        outcome: Of one audit, judged.
        shown: What the static rules find in its functions, judged.
    """
    proofs: dict[int, list[Finding]] = {}
    for each in shown:
        for number in _proofs(each, outcome.findings):
            proofs.setdefault(number, []).append(each)
    if not proofs:
        return outcome
    findings = [
        _with(finding, _at_its_line(finding, proofs.get(number, ()))) for number, finding in enumerate(outcome.findings)
    ]
    return replace(outcome, findings=tuple(findings))


def _proofs(shown: Finding, findings: Sequence[Finding]) -> list[int]:
    """Which findings of an audit say what the source shows. A rule that is not selected neither says nor proves it."""
    rule = RULES[shown.code]
    if _is_not_selected(shown):
        return []
    standing = [(number, each.code) for number, each in enumerate(findings) if not _is_not_selected(each)]
    proved = [number for number, code in standing if code in rule.proved_by]
    explained = [number for number, code in standing if code in rule.explains]
    return proved or (explained if len(explained) == 1 else [])


def _at_its_line(finding: Finding, shown: Sequence[Finding]) -> Sequence[Finding]:
    """What the source shows of a proof, first what is on the line that it names; nothing where none of it is there."""
    named = re.search(r" on line (\d+)", finding.message)
    if named is None:
        return shown
    there = [each for each in shown if each.line == int(named[1])]
    return [*there, *(each for each in shown if each not in there)] if there else ()


def _is_not_selected(finding: Finding) -> bool:
    return finding.ignored in {"default", "unselected", "selection"}


def _with(finding: Finding, shown: Sequence[Finding]) -> Finding:
    if not shown:
        return finding
    first, *others = shown
    return finding._replace(
        in_source=tuple(shown),
        # It knows the names; of several places each would need its own.
        help=finding.help if others and finding.help else first.help,
        file=first.file,
        line=first.line,
        cell=first.cell,
        column=first.column,
        end_line=first.end_line,
        end_column=first.end_column,
    )


def proved_in(outcomes: Iterable[Outcome]) -> set[Finding]:
    """What the source shows and audits prove, as it would stand by itself."""
    return {shown for outcome in outcomes for finding in outcome.findings for shown in finding.in_source}
