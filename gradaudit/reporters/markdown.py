"""GitHub-flavoured Markdown: a summary, a table, then what is wrong, folded; for step summaries and pull requests.

GitHub drops a step summary of more than 1 MiB whole, so what does not fit is left out, and the end says what. All that
comes from audited code is escaped: it can neither break the table nor bring HTML, links, images or mentions of its own.
"""

from __future__ import annotations

from gradaudit.reporters.cleaning import one_line, visible, without_commands
from gradaudit.reporters.quantities import number, pair, place, plural, shape
from gradaudit.reporters.self_testing import REMEDY, missed, misses, score, total
from gradaudit.reporters.summary import incompleteness, known, summary, touched
from gradaudit.reporters.terminal import shorten
from gradaudit.reporters.wording import (
    differ_in_trial,
    facts,
    headline,
    in_source,
    leading_finding,
    location,
    rule_name,
    standing,
    told,
    word,
    worst_gradient,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradaudit.records.finding import Finding
    from gradaudit.records.outcome import GradientOutcome, Outcome
    from gradaudit.records.report import Report
    from gradaudit.reporters import Style

LIMIT = 1_000_000
"""Bytes of UTF-8; below GitHub's 1024 * 1024, which other writers to the same summary share."""

_ROWS = LIMIT // 2  # the table's share
_NAME = 200  # columns that a name may take
_SENTENCE = 2_000  # columns that the first line of a message may take
_TEXT = 16_000  # characters of one traceback or captured output; its end is kept, where the cause stands
_RESERVE = 1_000  # for saying what was cut
_MARKS = {
    "passed": "✅", "failed": "❌", "inconclusive": "❔", "error": "💥", "skipped": "⏭️", "xfailed": "☑️", "ignored": "☑️",
    "listed": "▫️",
}  # fmt: skip
_ORDER = ("failed", "error", "inconclusive", "passed")
# All that means something in Markdown or HTML, and what GitHub makes links, mentions, emoji or formulas of.
_ENTITIES = {ord(char): f"&#{ord(char)};" for char in "\\`*_[]<>&|~$#:@"}
_IN_HTML = {ord(char): f"&#{ord(char)};" for char in "&<>["}
_JOINT = "&#8203;"  # a space of no width: parts "@" from the name behind it, and "#" from the number
_IN_PROSE = _ENTITIES | {ord(mark): f"&#{ord(mark)};{_JOINT}" for mark in "@#"}


def render(report: Report, style: Style) -> str:
    """The report as Markdown of less than 1 MiB."""
    del style  # the page that shows it has its own
    document = _Document(LIMIT - _RESERVE)
    document.add("## gradaudit\n")
    document.add(f"**{prose(shorten(summary(report), _NAME))}**\n")
    if tested := total(report):
        document.add(f"{prose(shorten(tested, _NAME))}\n")
    for text in filter(None, (touched(report), *known(report))):
        document.add(f"{prose(shorten(text, _SENTENCE))}\n")
    if report.incomplete:
        document.add(f"> [!WARNING]\n> {prose(shorten(incompleteness(report), _NAME))}\n")
    cut = [_add_table(document, report), _add_details(document, report), _add_outside(document, report)]
    if any(cut):
        what = ", ".join(filter(None, cut))
        document.parts.append(
            f"_Left out to stay below GitHub's limit of 1 MiB: {what}. The other formats have it all._\n"
        )
    return "\n".join(document.parts)


class _Document:
    """Blocks of text, as long as they fit."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.parts: list[str] = []

    def add(self, block: str) -> bool:
        """Append a block if there is room for it."""
        size = len(block.encode()) + 1
        if size > self.room:
            return False
        self.room -= size
        self.parts.append(block)
        return True


def code(text: str) -> str:
    """A name as inline code, safe in a table's cell.

    >>> print(code("layers.py::affine_backward"), code("a|b`"))
    `layers.py::affine_backward` <code>a&#124;b&#96;</code>
    """
    text = shorten(one_line(text), _NAME)
    if not text.strip() or any(mark in text for mark in ("|", "`", "\\", "##[")):
        return f"<code>{text.translate(_ENTITIES)}</code>"
    return f"`{text}`"


def prose(text: str) -> str:
    """A sentence that shows as it was written.

    >>> print(prose("see <b> and @you"))
    see &#60;b&#62; and &#64;&#8203;you
    """
    # A colon before a space makes no link and no emoji; left as it is, the source stays readable.
    return one_line(text).translate(_IN_PROSE).replace("www.", f"www{_JOINT}.").replace("&#58; ", ": ")


def fenced(text: str, language: str = "text") -> str:
    """A block of text as it is, between fences longer than any in it; only the end of a long one."""
    text = visible(text).strip("\n")
    note = ""
    if len(text) > _TEXT:
        note = f"_The first {plural(len(text) - _TEXT, 'character')} are left out._\n\n"
        text = text[-_TEXT:]
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{note}{fence}{language}\n{without_commands(text)}\n{fence}\n"


def _longest_run(text: str) -> int:
    longest = 0
    while "`" * (longest + 1) in text:
        longest += 1
    return longest


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _add_table(document: _Document, report: Report) -> str:
    """The table of all audits; where it would be too long, without those that passed, and then only its start."""
    if not report.audits:
        return ""
    listing = all(outcome.verdict == "listed" for outcome in report.audits)
    head = ["| Audit | Place |\n|---|---|"] if listing else [_TITLE]
    rows = [(word(outcome), _listed(outcome) if listing else _audit(outcome)) for outcome in report.audits]
    if sum(len(row.encode()) + 1 for _, row in rows) > _ROWS:
        rows = [(verdict, row) for verdict, row in rows if verdict != "passed"]
    room = _ROWS
    kept = [row for _, row in rows if (room := room - len(row.encode()) - 1) > 0]
    document.add("\n".join([*head, *kept]) + "\n")
    cut = len(report.audits) - len(kept)
    return plural(cut, "row") + " of the table" if cut else ""


_TITLE = "| Outcome | Audit | Difference | Grade | Worst gradient |\n|---|---|--:|---|---|"


def _listed(outcome: Outcome) -> str:
    found = [f"{_label(finding)}: {finding.message}" for finding in outcome.findings]
    notes = "".join(f"<br>{prose(shorten(one_line(text), _NAME))}" for text in found)
    return _row([code(outcome.id) + notes, code(location(outcome))])


def _audit(outcome: Outcome) -> str:
    gradient = worst_gradient(outcome)
    tested = f"self-test: {score(outcome.self_test)}" if outcome.self_test else ""
    notes = [f"<br>{prose(shorten(one_line(text), _NAME))}" for text in (outcome.reason, tested) if text]
    return _row([
        f"{_MARKS[word(outcome)]} {word(outcome)}",
        code(outcome.id) + "".join(notes),
        number(outcome.difference),
        outcome.grade or "",
        code(gradient.name) if gradient else "",
    ])  # fmt: skip


def _add_details(document: _Document, report: Report) -> str:
    """The folded details, the worst first; those that do not fit are left out."""
    cut = 0
    for verdict in _ORDER:
        for outcome in report.audits:
            if outcome.verdict == verdict and (verdict != "passed" or outcome.findings or missed(outcome)):
                cut += not document.add(_details(outcome))
    return plural(cut, "audit") + "' details" if cut else ""


def _details(outcome: Outcome) -> str:
    finding = leading_finding(outcome)
    title = _label(finding) if finding else "self-test" if missed(outcome) else headline(outcome)
    name = shorten(one_line(outcome.id), _NAME).translate(_IN_HTML)
    lines = [
        f"<details>\n<summary>{_MARKS[word(outcome)]} <code>{name}</code> {prose(title)}</summary>\n",
        f"{code(location(outcome))}: {prose(facts(outcome))}\n",
        _gradients(outcome),
        *(_finding(finding) for finding in outcome.findings),
        *(f"Note: {prose(note)}\n" for note in outcome.notes),
        *_self_test(outcome),
    ]
    if outcome.output.strip():
        lines.append("Printed by the audited code:\n\n" + fenced(outcome.output))
    if outcome.reproduce:
        lines.append("Reproduce:\n\n" + fenced(one_line(outcome.reproduce), "sh"))
    return "\n".join(filter(None, [*lines, "</details>\n"]))


def _self_test(outcome: Outcome) -> list[str]:
    test = outcome.self_test
    if test is None:
        return []
    lines = [f"Self-test: {prose(shorten(score(test), _SENTENCE))}\n"]
    if test.missed:
        lines += [f"Missed: {prose(shorten(misses(test), _SENTENCE))}\n", f"Help: {prose(REMEDY)}\n"]
    return lines


def _gradients(outcome: Outcome) -> str:
    odd = [gradient for gradient in outcome.gradients if gradient.outcome != "passed"]
    if not odd or outcome.verdict == "passed":
        return ""
    title = "| Gradient | Shape | Difference | ± | Worst at | Analytic | Numeric |\n|---|---|--:|--:|---|--:|--:|"
    rows = list(map(_gradient, odd))
    if differ_in_trial(odd):
        title = title.replace(" |\n", " | Trial |\n") + "--:|"
        rows = [f"{row} {gradient.trial} |" for row, gradient in zip(rows, odd, strict=True)]
    return "\n".join([f"Threshold {number(outcome.threshold)}:\n", title, *rows]) + "\n"


def _gradient(gradient: GradientOutcome) -> str:
    worst = gradient.worst
    values: Sequence[str] = ("", "", "") if worst is None else (code(place(worst.index) or "()"), *pair(worst))
    difference = number(gradient.difference) or "none"
    return _row([code(gradient.name), shape(gradient.shape), difference, number(gradient.error_bound), *values])


def _finding(finding: Finding, where: str = "") -> str:
    about = f" in {code(finding.gradient)}" if finding.gradient else ""
    lines = [f"{where}**{_label(finding)}**{about}: {paragraph(finding.message)}\n"]
    if finding.details.strip():
        lines.append(fenced(finding.details))
    lines += [f"In the source: {paragraph(sentence)}\n" for sentence in in_source(finding)]
    if finding.help:
        lines.append(f"Help: {paragraph(finding.help)}\n")
    return "\n".join(lines)


def _label(finding: Finding) -> str:
    stands = standing(finding)
    return f"{finding.code} {rule_name(finding.code)}{f' ({stands})' if stands else ''}"


def paragraph(text: str) -> str:
    """The lines of a message; those after the first as a block, since they are lined up or code."""
    first, _, rest = text.partition("\n")
    return prose(shorten(one_line(first), _SENTENCE)) + (f"\n\n{fenced(rest)}" if rest.strip() else "")


def _add_outside(document: _Document, report: Report) -> str:
    findings = told(report.findings)
    if findings:
        document.add("### Outside audits\n")
    cut = 0
    for finding in findings:
        where = f"{code(location(finding))}: "
        cut += not document.add(_finding(finding, where))
    return plural(cut, "finding") + " outside audits" if cut else ""
