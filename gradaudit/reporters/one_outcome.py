"""One outcome by itself, as text and as a table for notebooks: what `check_gradient` shows.

The HTML needs nothing beside it and has no colours of its own but the badge's, so that it can be read on light and on
dark pages. All that comes from the checked code is escaped.
"""

from __future__ import annotations

from html import escape

from gradaudit.reporters import Style
from gradaudit.reporters.cleaning import one_line, visible, without_commands
from gradaudit.reporters.details import describe
from gradaudit.reporters.quantities import number, pair, place, plural, shape
from gradaudit.reporters.terminal import wrap
from gradaudit.reporters.wording import circumstances, rule_name, standing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.records.finding import Finding
    from gradaudit.records.outcome import GradientOutcome, Outcome

_STYLE = Style()
_ROWS = 40  # of a table in a notebook; what failed comes first
# White on these has a contrast of at least 4.5 (WCAG 2.2, AA).
_BADGES = {"passed": "#1a7f37", "failed": "#cf222e", "error": "#cf222e", "inconclusive": "#8a6100"}
_MARKS = {"passed": "✓", "failed": "✗", "error": "!", "inconclusive": "?"}
_RANKS = {"failed": 0, "inconclusive": 1}
_CELL = "padding:2px 10px;border-bottom:1px solid rgba(128,128,128,.4);white-space:nowrap;text-align:"
_BLOCK = "margin:4px 0;padding:4px 8px;border-left:3px solid rgba(128,128,128,.6);white-space:pre-wrap;background:none"


def as_text(outcome: Outcome) -> str:
    """The outcome in the words of the report on the terminal, without colours.

    >>> from gradaudit.records.outcome import Outcome
    >>> print(as_text(Outcome("sigmoid_backward", "", 0, "passed", trials=3, difference=3e-11, detects=2e-9)))
    sigmoid_backward: passed: largest difference 3e-11, would have seen an error of 2e-09 of a
    gradient's norm in one of its elements
    """
    lines = wrap(f"{one_line(outcome.id)}: {_verdict(outcome)}", _STYLE.width)
    return without_commands("\n".join([*lines, *describe(outcome, _STYLE)]))


def _verdict(outcome: Outcome) -> str:
    if outcome.verdict != "passed" or outcome.difference is None:
        return circumstances(outcome)
    text = f"passed: largest difference {number(outcome.difference)}"
    if outcome.detects is not None:
        text += f", would have seen an error of {number(outcome.detects)} of a gradient's norm in one of its elements"
    return text


def as_html(outcome: Outcome) -> str:
    """The outcome as a piece of HTML: a badge, a row for each gradient, what is wrong and why."""
    color, mark = _BADGES.get(outcome.verdict, "#57606a"), _MARKS.get(outcome.verdict, "")
    badge = f"background:{color};color:#fff;border-radius:4px;padding:1px 8px;font-weight:600"
    title = _verdict(outcome).removeprefix(outcome.verdict).lstrip(":, ")
    head = f'<span style="{badge}">{mark} {escape(outcome.verdict)}</span> <code>{_line(outcome.id)}</code>'
    parts = [
        f"<div>{head}<span>{': ' if title else ''}{_line(title)}</span></div>",
        _table(sorted(outcome.gradients, key=lambda gradient: _RANKS.get(gradient.outcome, 2))),
        *map(_finding, outcome.findings),
        *(f"<div>note: {_line(note)}</div>" for note in outcome.notes),
    ]
    return '<div style="line-height:1.5;color:inherit">' + "".join(parts) + "</div>"


def _table(gradients: list[GradientOutcome]) -> str:
    if not gradients:
        return ""
    titles = ("gradient", "shape", "outcome", "difference", "±", "worst at", "analytic", "numeric")
    # The last three say nothing where no element differs.
    columns = len(titles) if any(gradient.worst for gradient in gradients) else len(titles) - 3
    rows = [_row("th", titles[:columns]), *(_row("td", _values(each)[:columns]) for each in gradients[:_ROWS])]
    left_out = len(gradients) - _ROWS
    more = f"<div>and {plural(left_out, 'other')}</div>" if left_out > 0 else ""
    plain = "border-collapse:collapse;margin:6px 0;color:inherit;background:none;font-size:inherit"
    return f'<table style="{plain}">{"".join(rows)}</table>{more}'


def _row(tag: str, texts: Sequence[str]) -> str:
    sides = ("left", "left", "left", "right", "right", "left", "right", "right")
    cells = (f'<{tag} style="{_CELL}{side}">{_line(text)}</{tag}>' for text, side in zip(texts, sides, strict=False))
    return f"<tr>{''.join(cells)}</tr>"


def _values(gradient: GradientOutcome) -> tuple[str, ...]:
    worst = gradient.worst
    at, analytic, numeric = ("", "", "") if worst is None else (place(worst.index), *pair(worst))
    difference, bound = number(gradient.difference) or "none", number(gradient.error_bound)
    return gradient.name, shape(gradient.shape), gradient.outcome, difference, bound, at, analytic, numeric


def _finding(finding: Finding) -> str:
    stands = standing(finding)
    label = f"{finding.code} {rule_name(finding.code)}{f' ({stands})' if stands else ''}"
    about = f" in <code>{_line(finding.gradient)}</code>" if finding.gradient else ""
    first, _, rest = finding.message.partition("\n")
    blocks = [f'<pre style="{_BLOCK}">{escape(visible(text))}</pre>' for text in (rest, finding.details) if text]
    remedy = f"<div>help: {_line(finding.help)}</div>" if finding.help else ""
    return f"<div><b>{label}</b>{about}: {_line(first)}</div>{''.join(blocks)}{remedy}"


def _line(text: str) -> str:
    return escape(one_line(text))
