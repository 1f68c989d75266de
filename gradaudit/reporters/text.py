"""The report on the terminal: a table of the audits, what is wrong with them in full, and a summary."""

from __future__ import annotations

from gradaudit.reporters.cleaning import one_line, visible, without_commands
from gradaudit.reporters.details import COLORS, describe, describe_finding
from gradaudit.reporters.quantities import number
from gradaudit.reporters.self_testing import missed, score, total
from gradaudit.reporters.summary import (
    counts,
    covered,
    incompleteness,
    known,
    summary,
    summary_head,
    summary_tail,
    touched,
)
from gradaudit.reporters.terminal import GAP, columns_of, line_up, paint, shorten, wrap
from gradaudit.reporters.wording import circumstances, facts, location, told, word, worst_gradient
from gradaudit.rules import fails

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.records.finding import Finding
    from gradaudit.records.outcome import Outcome
    from gradaudit.records.report import Report
    from gradaudit.reporters import Style

_MARKS = {
    "passed": "✓", "failed": "✗", "inconclusive": "?", "error": "!", "skipped": "-", "xfailed": "x", "ignored": "~",
    "listed": " ",
}  # fmt: skip
_GRADES = {"great": "green", "okay": "green", "concerning": "yellow", "wrong": "red"}
_NARROWEST, _TIGHT, _ROOMY = 40, 60, 80  # columns
_ORDER = ("passed", "inconclusive", "error", "failed")  # the worst stands next to the summary, where people look first


def render(report: Report, style: Style) -> str:
    """The report as text for a terminal of `style.width` columns."""
    style = _at_least_narrowest(style)
    blocks = [_listing(report, style)] if _is_listing(report) else _blocks(report, style)
    findings = told(report.findings, all_of_them=style.verbosity > 0)
    findings = tuple(filter(fails, findings)) if style.verbosity < 0 else findings
    blocks += [_outside(findings, style), _summary(report, style)]
    return without_commands("\n\n".join("\n".join(block) for block in blocks if block)) + "\n"


def _at_least_narrowest(style: Style) -> Style:
    return style if style.width >= _NARROWEST else style._replace(width=_NARROWEST)


def _room(style: Style) -> int | None:
    """Columns of a table with ids."""
    return None if style.whole_names else style.width


def _is_listing(report: Report) -> bool:
    return bool(report.audits) and all(outcome.verdict == "listed" for outcome in report.audits)


def _listing(report: Report, style: Style) -> list[str]:
    rows = [(one_line(outcome.id), location(outcome)) for outcome in report.audits]
    lines = []
    for outcome, (audit, where) in zip(report.audits, line_up(rows, width=_room(style)), strict=True):
        lines.append(audit + GAP + paint(where.rstrip(), "dim", on=style.color))
        for finding in outcome.findings:
            lines += describe_finding(finding, style)
    return lines


def _blocks(report: Report, style: Style) -> list[list[str]]:
    blocks = [_table(report.audits, style)] if style.verbosity >= 0 and report.audits else []
    for verdict in _ORDER:
        blocks += [
            block(outcome, style)
            for outcome in _each_import_once(report.audits)
            if outcome.verdict == verdict and _speaks(outcome, style)
        ]
    return blocks


def _each_import_once(outcomes: tuple[Outcome, ...]) -> Iterator[Outcome]:
    """A file that can't be imported says why with its first audit; the others refer to that one."""
    first: dict[tuple[str, str], str] = {}
    for outcome in outcomes:
        finding = outcome.findings[0] if outcome.findings else None
        if finding is None or finding.code != "GA005":
            yield outcome
            continue
        told = first.setdefault((outcome.file, finding.message), outcome.id)
        same = finding._replace(message=f"as for {told}", help="", details="")
        yield outcome if told == outcome.id else _saying(outcome, same)


def _saying(outcome: Outcome, finding: Finding) -> Outcome:
    from dataclasses import replace  # takes as long to import as half of a run without audits

    return replace(outcome, findings=(finding,), output="")


def _speaks(outcome: Outcome, style: Style) -> bool:
    """Whether an audit has more to say than its row in the table."""
    return outcome.verdict != "passed" or missed(outcome) or (bool(outcome.findings) and style.verbosity >= 0)


def _table(outcomes: tuple[Outcome, ...], style: Style) -> list[str]:
    title = ("  outcome", "audit", "difference", "grade", "worst")
    rows = [title, *(_cells(outcome, style) for outcome in outcomes)]
    shown = 5 if style.width >= _ROOMY else 4 if style.width >= _TIGHT else 3  # ids need the room more than the rest
    head, *body = line_up([row[:shown] for row in rows], width=_room(style), right=(2,), flexible=1)
    lines = [paint(GAP.join(head).rstrip(), "dim", on=style.color)]
    indent = columns_of(head[0] + GAP)
    for outcome, cells in zip(outcomes, body, strict=True):
        lines += [_row(outcome, cells, style), *_remarks(outcome, indent, style)]
    return lines


def _cells(outcome: Outcome, style: Style) -> tuple[str, ...]:
    gradient = worst_gradient(outcome)
    return (
        f"{_MARKS[word(outcome)]} {word(outcome)}",
        one_line(outcome.id),
        number(outcome.difference),
        outcome.grade or "",
        shorten(one_line(gradient.name), style.width // 6) if gradient else "",
    )


def _row(outcome: Outcome, cells: tuple[str, ...], style: Style) -> str:
    colors = (COLORS[word(outcome)], "", "", _GRADES.get(outcome.grade or "", ""), "")
    painted = (paint(cell, color, on=style.color) for cell, color in zip(cells, colors, strict=False))
    return GAP.join(painted).rstrip()


def _remarks(outcome: Outcome, indent: int, style: Style) -> list[str]:
    """What is said below a row: why it was skipped, notes on a pass, and how it was checked if that is asked for."""
    remarks = [outcome.reason] if outcome.reason else []
    if not _speaks(outcome, style) or outcome.verdict in ("skipped", "xfailed"):
        remarks += outcome.notes
        remarks += [f"self-test: {score(outcome.self_test)}"] if outcome.self_test else []
    if style.verbosity > 0 and outcome.verdict != "skipped":
        remarks.append(facts(outcome))
    lines = [line for remark in remarks for line in wrap(visible(remark), style.width - indent)]
    return [" " * indent + paint(line, "dim", on=style.color) for line in lines if line.strip()]


def block(outcome: Outcome, style: Style) -> list[str]:
    """One audit in full, below its heading."""
    heading = f"{_MARKS[word(outcome)]} {one_line(outcome.id)}"  # never wrapped, so that the id can be copied
    where = f"{location(outcome)}: {circumstances(outcome)}"
    lines = [paint(heading, COLORS[word(outcome)], on=style.color)]
    lines += ["  " + paint(line, "dim", on=style.color) for line in wrap(one_line(where), style.width - 2)]
    return lines + describe(outcome, style)


def _outside(findings: tuple[Finding, ...], style: Style) -> list[str]:
    lines = []
    for finding in findings:
        lines += describe_finding(finding, style, where=f"{location(finding)}: ")
    return lines


def _summary(report: Report, style: Style) -> list[str]:
    lines = wrap(summary(report), style.width)
    if len(lines) == 1:
        numbers = ", ".join(paint(text, COLORS[verdict], on=style.color) for verdict, text in counts(report))
        head = paint(summary_head(report), "bold", on=style.color)
        lines = [head + (f": {numbers}" if numbers else "") + summary_tail(report)]
    if tested := total(report):
        color = "bold red" if any(map(missed, report.audits)) else ""
        lines += [paint(line, color, on=style.color) for line in wrap(tested, style.width)]
    lines += [
        line for text in (covered(report), touched(report), *known(report)) if text for line in wrap(text, style.width)
    ]
    stopped = wrap(incompleteness(report), style.width) if report.incomplete else []
    return lines + [paint(line, "bold yellow", on=style.color) for line in stopped]
