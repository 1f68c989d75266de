"""What of all that was found counts: the rules that are selected, comments in the source, and the baseline."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import NamedTuple

from gradaudit.planning import selection_in
from gradaudit.rules import judged
from gradaudit.suppressions import Suppressions, codes_of, codes_of_audits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradaudit.baseline import Baseline
    from gradaudit.configuration import Settings
    from gradaudit.decided import Decided
    from gradaudit.records import Case, Finding, Known, Outcome, Target
    from gradaudit.suppressions.comments import Comment


class Use(NamedTuple):
    """What a baseline was good for.

    Attributes:
        known: How many findings are in it.
        stale: Its entries that match nothing any more.
        entries: What it would have, if it were written now: what was found, and what the run could not look at.
    """

    known: int
    stale: tuple[Known, ...]
    entries: frozenset[Known]


class Judge:
    """The judge of one run.

    Attributes:
        in_comments: Of each target the codes that comments say to ignore; empty until all files are read.
    """

    def __init__(self, settings: Settings, suppressions: Suppressions | None = None) -> None:
        """Read the baseline.

        Raises:
            UsageError: It is missing or broken.
        """
        self._settings = settings
        self._suppressions = Suppressions() if suppressions is None else suppressions
        self._baseline = _baseline(settings)
        self._attached: dict[Target, list[Comment]] = {}
        self.in_comments: dict[Target, tuple[str, ...]] = {}

    def read(self, targets: Iterable[Target]) -> None:
        """Take all targets of the files that were read, so that comments find theirs."""
        self._attached = self._suppressions.of_audits(targets)
        self.in_comments = codes_of_audits(self._attached)

    def of_audit(self, outcome: Outcome, case: Case) -> Outcome:
        """An outcome whose findings know whether they count."""
        findings = tuple(judged(finding, case.selection) for finding in outcome.findings)
        outcome = outcome if findings == outcome.findings else replace(outcome, findings=findings)
        return outcome if self._baseline is None else self._baseline.marked(outcome)

    def outside(self, findings: Sequence[Finding], decided: Decided) -> list[Finding]:
        """Findings outside audits that know whether they count, and comments that ignore nothing."""
        found = list(findings)
        if self._suppressions:
            from gradaudit.suppressions.unused import unused

            found += unused(self._suppressions, self._attached, findings, decided)
            found.sort(key=lambda each: (each.file or "", each.cell or 0, each.line or 0, each.column or 0))
        return [self.outside_of_audits(finding) for finding in found]

    def outside_of_audits(self, finding: Finding) -> Finding:
        """One finding that knows whether it counts."""
        in_comments = codes_of(self._suppressions.at(finding), finding)
        finding = judged(finding, selection_in(finding.file or "", self._settings, in_comments))
        return finding if self._baseline is None else self._baseline.marked_finding(finding)

    def known(self, outcomes: Sequence[Outcome], findings: Sequence[Finding], decided: Decided) -> Use | None:
        """What the baseline was good for, and what it would have to be; None without one.

        Args:
            outcomes: All, judged.
            findings: All outside audits, judged.
            decided: What the run can tell.
        """
        if self._baseline is None:
            return None
        from gradaudit.baseline import key_of, stale

        keyed = [(key_of(each, outcome), each) for outcome in outcomes for each in outcome.findings]
        keyed += [(key_of(each), each) for each in findings]
        known = [key for key, each in keyed if each.ignored == "baseline"]
        found = {key for key, _ in keyed}
        gone = stale(self._baseline.entries, found, decided, self._settings.root)
        unseen = self._baseline.entries - found - set(gone)
        return Use(len(known), tuple(gone), unseen | set(known))


def _baseline(settings: Settings) -> Baseline | None:
    if not settings.baseline and not settings.write_baseline:
        return None
    from gradaudit.baseline import Baseline, read

    entries = read(settings.baseline, "--baseline") if settings.baseline else frozenset()
    if settings.write_baseline and os.path.exists(settings.write_baseline):
        entries |= read(settings.write_baseline, "--write-baseline")
    return Baseline(entries, takes_all=bool(settings.write_baseline))
