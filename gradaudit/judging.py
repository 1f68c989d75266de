"""What of all that was found counts: the rules that are selected, comments in the source, and the baseline."""

from __future__ import annotations

import os
from typing import NamedTuple

from gradaudit.rules import covers, fails, judged
from gradaudit.suppressions import Suppressions, codes_of, codes_of_audits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from gradaudit.baseline import Baseline
    from gradaudit.configuration import Settings
    from gradaudit.decided import Decided
    from gradaudit.records.case import Case, Target
    from gradaudit.records.finding import Finding
    from gradaudit.records.outcome import Outcome
    from gradaudit.records.report import Known
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
        self._shown: Mapping[Target, Sequence[Finding]] = {}
        self.in_comments: dict[Target, tuple[str, ...]] = {}

    def read(self, targets: Iterable[Target], shown: Mapping[Target, Sequence[Finding]]) -> None:
        """Take what was read.

        Args:
            targets: All of the files that were read, so that comments find theirs.
            shown: What the static rules find in the functions of each.
        """
        self._attached = self._suppressions.of_audits(targets)
        self.in_comments = codes_of_audits(self._attached)
        self._shown = shown

    def of_audit(self, outcome: Outcome, case: Case) -> Outcome:
        """An outcome whose findings know whether they count."""
        findings = tuple(judged(finding, case.selection) for finding in outcome.findings)
        outcome = outcome if findings == outcome.findings else _with(outcome, findings=findings)
        if shown := self._shown.get(case.target):
            from gradaudit.proved import joined

            outcome = self._ignored_in_source(joined(outcome, map(self.outside_of_audits, shown)))
        return outcome if self._baseline is None else self._baseline.marked(outcome)

    def _ignored_in_source(self, outcome: Outcome) -> Outcome:
        """An outcome that comments where the source shows its mistakes are heeded in, as those on the audit are."""
        findings = tuple(map(self._commented, outcome.findings))
        if findings == outcome.findings:
            return outcome
        if outcome.verdict != "failed" or any(map(fails, findings)):
            return _with(outcome, findings=findings)
        is_open = any(gradient.outcome == "inconclusive" for gradient in outcome.gradients)
        return _with(outcome, findings=findings, verdict="inconclusive" if is_open else "passed")

    def _commented(self, finding: Finding) -> Finding:
        if finding.ignored or not finding.in_source:
            return finding
        codes = [codes_of(self._suppressions.at(shown)) for shown in finding.in_source]
        return finding._replace(ignored="comment") if all(covers(each, finding.code) for each in codes) else finding

    def outside(self, findings: Sequence[Finding], decided: Decided) -> list[Finding]:
        """Findings outside audits that know whether they count, and comments that ignore nothing.

        What an audit proves is left out: it is told with the audit.
        """
        found = list(findings)
        if self._suppressions:
            from gradaudit.suppressions.unused import unused

            found += unused(self._suppressions, self._attached, self._shown, findings, decided)
            found.sort(key=lambda each: (each.file or "", each.cell or 0, each.line or 0, each.column or 0))
        told: Collection[Finding] = ()
        if self._shown:
            from gradaudit.proved import proved_in

            told = proved_in(outcome for outcomes in decided.outcomes.values() for outcome in outcomes)
        return [each for each in map(self.outside_of_audits, found) if each not in told]

    def outside_of_audits(self, finding: Finding) -> Finding:
        """One finding that knows whether it counts."""
        from gradaudit.planning import selection_in  # most files have no finding

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
        from gradaudit.baseline import keys_of, stale

        keyed = [(keys_of(each, outcome), each) for outcome in outcomes for each in outcome.findings]
        keyed += [(keys_of(each), each) for each in findings]
        known = [keys for keys, each in keyed if each.ignored == "baseline"]
        found = {key for keys, _ in keyed for key in keys}
        gone = stale(self._baseline.entries, found, decided, self._settings.root)
        unseen = self._baseline.entries - found - set(gone)
        return Use(len(known), tuple(gone), unseen.union(*known))


def _with(outcome: Outcome, **changes: object) -> Outcome:
    from dataclasses import replace  # not imported before there are outcomes

    return replace(outcome, **changes)  # type: ignore[arg-type]


def _baseline(settings: Settings) -> Baseline | None:
    if not settings.baseline and not settings.write_baseline:
        return None
    from gradaudit.baseline import Baseline, read

    entries = read(settings.baseline, settings.place("baseline")) if settings.baseline else frozenset()
    if settings.write_baseline and os.path.exists(settings.write_baseline):
        entries |= read(settings.write_baseline, settings.place("write-baseline"))
    return Baseline(entries, takes_all=bool(settings.write_baseline))
