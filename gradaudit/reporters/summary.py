"""What is said of a run as a whole, the same in every format that people read."""

from __future__ import annotations

from gradaudit.records.verdict import VERDICTS
from gradaudit.reporters.cleaning import one_line
from gradaudit.reporters.quantities import plural, seconds
from gradaudit.reporters.wording import told, word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradaudit.records.outcome import Outcome
    from gradaudit.records.report import Known, Report

HINT = "mark a backward pass with @audited_backward"


def summary(report: Report) -> str:
    """The line that says it all: ``3 audits in 2 files: 1 passed, 1 failed, 1 error in 1.2 s``."""
    numbers = ", ".join(text for _, text in counts(report))
    return summary_head(report) + (f": {numbers}" if numbers else "") + summary_tail(report)


def summary_head(report: Report) -> str:
    """What a summary starts with: how many audits, in how many files."""
    if report.audits:
        return f"{plural(len(report.audits), 'audit')} in {plural(_count_files(report.audits), 'file')}"
    if _has_audits(report):
        return "No audit was run"
    return f"No audits found in {plural(report.files, 'file')}"


def _has_audits(report: Report) -> bool:
    """Whether there are some that were not run, or listed."""
    return bool(report.incomplete or report.deselected or (report.changes and report.changes.audits))


def _count_files(outcomes: Iterable[Outcome]) -> int:
    return len({outcome.file for outcome in outcomes})


def counts(report: Report) -> list[tuple[str, str]]:
    """``[("passed", "1 passed"), ("error", "2 errors")]``: what a summary counts, without the zeros."""
    words = [word(outcome) for outcome in report.audits]
    return [
        (each, plural(count, "error") if each == "error" else f"{count:,} {each}")
        for each in (*VERDICTS, "ignored")
        if (count := words.count(each))
    ]


def summary_tail(report: Report) -> str:
    """What a summary ends with: the time, the hint where nothing was found, what belongs to no audit."""
    aside = f"{report.deselected:,} deselected by -k" if report.deselected else ""
    others = "".join(f"; {text}" for text in (aside, outside(report)) if text)
    if not report.audits:
        return others + ("." if _has_audits(report) else f"; {HINT}.")
    if all(outcome.verdict == "listed" for outcome in report.audits):
        return others
    return f" in {seconds(report.duration_s)}{others}"


def outside(report: Report) -> str:
    """``3 findings outside audits, 2 ignored``; known ones are counted with the baseline.

    >>> from gradaudit.records.finding import Finding
    >>> from gradaudit.records.report import Report
    >>> outside(Report("0", findings=(Finding("GA101", "no audit names it", ignored="comment"),)))
    '1 ignored finding outside audits'
    """
    shown = len(told(report.findings))
    ignored = sum(finding.ignored in {"comment", "selection"} for finding in report.findings)
    if not shown:
        return f"{plural(ignored, 'ignored finding')} outside audits" if ignored else ""
    return f"{plural(shown, 'finding')} outside audits" + (f", {ignored:,} ignored" if ignored else "")


def covered(report: Report) -> str:
    """``coverage: 3 of 4 hand-written backward passes are audited (75%)``; empty where it was not measured."""
    coverage = report.coverage
    if coverage is None or not coverage.audited + coverage.unaudited:
        return ""
    passes = plural(coverage.audited + coverage.unaudited, "hand-written backward pass", "es")
    verb = "is" if coverage.audited == 1 else "are"
    return f"coverage: {coverage.audited} of {passes} {verb} audited ({coverage.percent:.3g}%)"


def touched(report: Report) -> str:
    """``12 of 40 audits are touched by the changes since main``; empty where all were meant.

    >>> from gradaudit.records.report import Changes, Report
    >>> touched(Report("0", changes=Changes("main", 1, 40)))
    '1 of 40 audits is touched by the changes since main'
    """
    changes = report.changes
    if changes is None:
        return ""
    verb = "is" if changes.touched == 1 else "are"
    audits = plural(changes.audits, "audit")
    return f"{changes.touched:,} of {audits} {verb} touched by the changes since {one_line(changes.since)}"


_STALE = 8  # entries that are named


def known(report: Report) -> list[str]:
    """What the baseline was good for, a sentence a line; nothing without one.

    >>> from gradaudit.records.report import BaselineUse, Known, Report
    >>> for line in known(Report("0", baseline=BaselineUse(3, (Known("a.py", "relu_backward", "GA203", "x"),)))):
    ...     print(line)
    3 known findings in the baseline
    1 entry of the baseline matches nothing any more: GA203 in x of a.py::relu_backward
    """
    use = report.baseline
    if use is None:
        return []
    if use.written is not None:
        gone = f"; {len(use.stale):,} that matched nothing any more dropped" if use.stale else ""
        return [f"baseline written: {plural(use.written, 'known finding')}{gone}"]
    lines = [f"{plural(use.known, 'known finding')} in the baseline"]
    if use.stale:
        names = ", ".join(map(_entry, use.stale[:_STALE]))
        more = f" and {plural(len(use.stale) - _STALE, 'other')}" if len(use.stale) > _STALE else ""
        verb = "matches" if len(use.stale) == 1 else "match"
        entries = "1 entry" if len(use.stale) == 1 else f"{len(use.stale):,} entries"
        lines.append(f"{entries} of the baseline {verb} nothing any more: {names}{more}")
    return lines


def _entry(entry: Known) -> str:
    about = f" in {entry.gradient}" if entry.gradient else ""
    return one_line(f"{entry.code}{about} of {entry.path}" + (f"::{entry.name}" if entry.name else ""))


def incompleteness(report: Report) -> str:
    """``incomplete: interrupted, 4 audits not run``; empty for a whole run."""
    if not report.incomplete:
        return ""
    return f"incomplete: {one_line(report.incomplete)}, {plural(report.not_run, 'audit')} not run"
