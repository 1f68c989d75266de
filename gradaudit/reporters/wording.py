"""How values, counts and verdicts are put into words, the same in every format that people read."""

from __future__ import annotations

from gradaudit.records.verdict import VERDICTS
from gradaudit.reporters.cleaning import one_line
from gradaudit.rules import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradaudit.records.finding import Finding
    from gradaudit.records.outcome import GradientOutcome, Outcome, WorstElement
    from gradaudit.records.report import Known, Report

HINT = "mark a backward pass with @audited_backward"


def number(value: float | None) -> str:
    """A difference, bound or threshold: two digits are all that its reader needs.

    >>> number(1 / 3), number(3.14e-11), number(None)
    ('0.33', '3.1e-11', '')
    """
    return "" if value is None else f"{value:.2g}"


def pair(worst: WorstElement) -> tuple[str, str]:
    """Both values of an element, with as many digits as it takes to tell them apart.

    >>> from gradaudit.records.outcome import WorstElement
    >>> pair(WorstElement((0,), 0.5, 0.25)), pair(WorstElement((0,), 1.0, 1.0 + 1e-8))
    (('0.5', '0.25'), ('1', '1.00000001'))
    """
    for digits in (6, 9, 12):
        texts = f"{worst.analytic:.{digits}g}", f"{worst.numeric:.{digits}g}"
        if texts[0] != texts[1]:
            return texts
    return f"{worst.analytic:.17g}", f"{worst.numeric:.17g}"


def shape(sizes: tuple[int, ...]) -> str:
    """A shape as NumPy prints it.

    >>> shape((3, 4)), shape((5,)), shape(())
    ('(3, 4)', '(5,)', '()')
    """
    return str(tuple(sizes))


def place(index: tuple[int, ...]) -> str:
    """An element's index as it is written behind the array's name; empty for a scalar.

    >>> place((1, 2))
    '[1, 2]'
    """
    return str(list(index)) if index else ""


def plural(count: int, noun: str, ending: str = "s") -> str:
    """A count and its noun.

    >>> plural(1, "audit"), plural(4, "audit"), plural(2, "pass", "es")
    ('1 audit', '4 audits', '2 passes')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else ending)


def seconds(duration: float) -> str:
    """A duration, with the digits that matter.

    >>> seconds(0.0213), seconds(1.24), seconds(312.4)
    ('0.02 s', '1.2 s', '312 s')
    """
    digits = 2 if duration < 1 else 1 if duration < 100 else 0
    return f"{duration:.{digits}f} s"


def rule_name(code: str) -> str:
    """``"wrong-gradient"`` for ``"GA201"``."""
    return RULES[code].name


def standing(finding: Finding) -> str:
    """``"ignored"``, ``"known"``, ``"note"`` or ``"warning"`` for a finding that fails nothing, else empty."""
    if finding.ignored:
        return {"baseline": "known", "default": "note"}.get(finding.ignored, "ignored")
    return "warning" if RULES[finding.code].severity == "warning" else ""


def told(findings: tuple[Finding, ...], *, all_of_them: bool = False) -> tuple[Finding, ...]:
    """Of findings outside audits those that people read: what somebody said to ignore, or knows, they have read before.

    >>> from gradaudit.records.finding import Finding
    >>> told((Finding("GA101", "no audit names it", ignored="comment"),))
    ()
    """
    aside = {"comment", "selection", "baseline"}
    return tuple(finding for finding in findings if all_of_them or finding.ignored not in aside)


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


def location(what: Outcome | Finding) -> str:
    """``file:line``, as editors and terminals make it a link; in a notebook ``file:cell 3:line``, as ruff has it.

    >>> from gradaudit.records.finding import Finding
    >>> location(Finding("GA001", "can't be parsed", file="layers.py", line=7))
    'layers.py:7'
    >>> location(Finding("GA001", "can't be parsed", file="course.ipynb", line=7, cell=3))
    'course.ipynb:cell 3:7'
    """
    if what.file is None:
        return "gradaudit"
    cell = f":cell {what.cell}" if what.cell is not None else ""
    return one_line(what.file) + cell + (f":{what.line}" if what.line is not None else "")


def in_source(finding: Finding) -> list[str]:
    """What the source shows of the same mistake, a sentence a place.

    >>> from gradaudit.records.finding import Finding
    >>> shown = Finding("GA102", "the upstream gradient dout is never read", file="layers.py", line=7)
    >>> in_source(Finding("GA209", "it does not change", in_source=(shown,)))
    ['layers.py:7: the upstream gradient dout is never read (GA102)']
    """
    return [f"{location(shown)}: {shown.message} ({shown.code})" for shown in finding.in_source]


def worst_gradient(outcome: Outcome) -> GradientOutcome | None:
    """The gradient that a row of a table names: one that failed before one that passed, then the largest difference."""
    rank = {"failed": 2, "inconclusive": 1}

    def badness(gradient: GradientOutcome) -> tuple[int, float]:
        difference = gradient.difference
        # A missing difference and NaN, which compares with nothing, are worse than any number.
        return rank.get(gradient.outcome, 0), float(
            "inf"
        ) if difference is None or difference != difference else difference  # noqa: PLR0124 - NaN, without an import

    return max(outcome.gradients, key=badness, default=None)


def differ_in_trial(gradients: Iterable[GradientOutcome]) -> bool:
    """Whether several trials decided, whose sizes differ: a table of them says which."""
    return len({gradient.trial for gradient in gradients}) > 1


def headline(outcome: Outcome) -> str:
    """Why an audit did not pass, in one line."""
    first = leading_finding(outcome)
    if outcome.verdict in ("skipped", "xfailed") and outcome.reason:
        return one_line(f"{outcome.verdict}: {outcome.reason}")
    if first is not None:
        return one_line(first.message.split("\n", 1)[0]) or rule_name(first.code)
    gradient = worst_gradient(outcome)
    if gradient is not None and gradient.difference is not None and outcome.verdict in ("failed", "inconclusive"):
        difference, threshold = number(gradient.difference), number(outcome.threshold)
        return f"{one_line(gradient.name)}: difference {difference}, threshold {threshold}"
    return {"listed": "listed, not run"}.get(outcome.verdict, outcome.verdict)


def leading_finding(outcome: Outcome) -> Finding | None:
    """The finding that decided: the first that counts, else the first."""
    counting = [finding for finding in outcome.findings if not standing(finding)]
    return next(iter((*counting, *outcome.findings)), None)


def facts(outcome: Outcome) -> str:
    """How an audit was checked, for those who ask for more."""
    if not outcome.trials:
        return f"not checked, seed {outcome.seed}, {seconds(outcome.duration_s)}"
    parts = [
        outcome.mode or "not checked",
        plural(outcome.trials, "trial"),
        f"seed {outcome.seed}",
        one_line(outcome.dtype),
        one_line(outcome.framework),
        f"{outcome.evaluations.forward} forward + {outcome.evaluations.backward} backward evaluations",
    ]
    if outcome.detects is not None:
        parts.append(f"detects {number(outcome.detects)}")
    return ", ".join([*parts, seconds(outcome.duration_s)])


def circumstances(outcome: Outcome) -> str:
    """The verdict, and what it was reached with: ``failed, directional, seed 0, threshold 1e-05``."""
    if not outcome.gradients:
        return word(outcome)
    dtype = "" if outcome.dtype == "float64" else f" {outcome.dtype},"  # named where it is not the usual one
    return f"{word(outcome)}, {outcome.mode},{dtype} seed {outcome.seed}, threshold {number(outcome.threshold)}"


def word(outcome: Outcome) -> str:
    """The verdict as people read it: an audit that passes since a wrong gradient is ignored is ``"ignored"``.

    >>> from gradaudit.records.outcome import GradientOutcome, Outcome
    >>> word(Outcome("a.py::b", "a.py", 1, "passed", gradients=(GradientOutcome("x", (3,), "failed"),)))
    'ignored'
    """
    return "ignored" if outcome.is_ignored else outcome.verdict


def counts(report: Report) -> list[tuple[str, str]]:
    """``[("passed", "1 passed"), ("error", "2 errors")]``: what a summary counts, without the zeros."""
    words = [word(outcome) for outcome in report.audits]
    return [
        (each, plural(count, "error") if each == "error" else f"{count:,} {each}")
        for each in (*VERDICTS, "ignored")
        if (count := words.count(each))
    ]


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


def summary(report: Report) -> str:
    """The line that says it all: ``3 audits in 2 files: 1 passed, 1 failed, 1 error in 1.2 s``."""
    numbers = ", ".join(text for _, text in counts(report))
    return summary_head(report) + (f": {numbers}" if numbers else "") + summary_tail(report)


def summary_tail(report: Report) -> str:
    """What a summary ends with: the time, the hint where nothing was found, what belongs to no audit."""
    aside = f"{report.deselected:,} deselected by -k" if report.deselected else ""
    others = "".join(f"; {text}" for text in (aside, outside(report)) if text)
    if not report.audits:
        return others + ("." if _has_audits(report) else f"; {HINT}.")
    if all(outcome.verdict == "listed" for outcome in report.audits):
        return others
    return f" in {seconds(report.duration_s)}{others}"


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


def _count_files(outcomes: Iterable[Outcome]) -> int:
    return len({outcome.file for outcome in outcomes})
