"""One audit in full: its gradients' values, findings, notes, output and the line that reproduces it."""

from __future__ import annotations

from gradaudit.reporters.cleaning import one_line, visible
from gradaudit.reporters.quantities import number, pair, place, plural, shape
from gradaudit.reporters.self_testing import REMEDY, missed, misses, score
from gradaudit.reporters.terminal import GAP, columns_of, line_up, paint, shorten, wrap
from gradaudit.reporters.wording import differ_in_trial, in_source, rule_name, standing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradaudit.records.finding import Finding
    from gradaudit.records.outcome import GradientOutcome, Outcome
    from gradaudit.reporters import Style

COLORS = {
    "passed": "green", "failed": "bold red", "inconclusive": "bold yellow", "error": "bold red", "skipped": "cyan",
    "xfailed": "yellow", "ignored": "yellow", "listed": "",
}  # fmt: skip
BAR = "│ "  # in front of what audited code printed, so that nobody takes it for words of this report
_TAIL = 40  # lines of captured output that are shown unless more is asked for
_NAMES = 8  # agreeing gradients that are named


def describe(outcome: Outcome, style: Style) -> list[str]:
    """Lines about one audit, without a heading, indented by two.

    The reproduce line, tracebacks and captured output are never wrapped, so that they can be copied.
    """
    lines = [*_gradients(outcome, style)]
    for finding in outcome.findings:
        lines += describe_finding(finding, style)
    for note in outcome.notes:
        lines += _labelled("note", note, style)
    lines += _self_test(outcome, style)
    lines += _output(outcome.output, style)
    if outcome.reproduce and (outcome.verdict != "passed" or missed(outcome)):
        lines.append("  " + paint("reproduce: ", "dim", on=style.color) + one_line(outcome.reproduce))
    return lines


def describe_finding(finding: Finding, style: Style, where: str = "") -> list[str]:
    """A finding: where it is, if that is not known yet, code, name, what it is about, message, details and help."""
    stands = standing(finding)
    code = paint(finding.code, "yellow" if stands else "bold red", on=style.color)
    label = f"{rule_name(finding.code)}{f' ({stands})' if stands else ''}"
    about = f" in {one_line(finding.gradient)}" if finding.gradient else ""
    text = f"{where}{finding.code} {label}{about}: {visible(finding.message)}"
    first, *rest = wrap(text, style.width - 4)
    indent = "" if where else "  "
    lines = [indent + first.replace(finding.code, code, 1), *("    " + line for line in rest)]
    lines += barred(finding.details, style, indent=4)
    for sentence in in_source(finding):
        lines += _labelled("in the source", sentence, style, indent=4)
    return lines + (_labelled("help", finding.help, style, indent=4) if finding.help else [])


def barred(text: str, style: Style, indent: int) -> list[str]:
    """Text of the audited code as it is, behind a bar."""
    bar = " " * indent + paint(BAR, "dim", on=style.color)
    return [bar + line.expandtabs(4) for line in visible(text).rstrip().split("\n")] if text.strip() else []


def _labelled(label: str, text: str, style: Style, indent: int = 2) -> list[str]:
    first, *rest = wrap(f"{label}: {visible(text)}", style.width - indent - 2)
    first = paint(f"{label}:", "cyan", on=style.color) + first.removeprefix(f"{label}:")
    return [" " * indent + first, *(" " * (indent + 2) + line for line in rest)]


def _self_test(outcome: Outcome, style: Style) -> list[str]:
    test = outcome.self_test
    if test is None:
        return []
    lines = _labelled("self-test", score(test), style)
    if test.missed:
        lines += _labelled("missed", misses(test), style, indent=4) + _labelled("help", REMEDY, style, indent=4)
    return lines


def _output(output: str, style: Style) -> list[str]:
    if not output.strip():
        return []
    shown = output.rstrip().replace("\r\n", "\n").split("\n")
    cut = 0 if style.verbosity > 0 else max(len(shown) - _TAIL, 0)
    title = "printed" + (f" (last {_TAIL} lines of {len(shown):,}; -v shows all)" if cut else "")
    return ["  " + paint(f"{title}:", "cyan", on=style.color), *barred("\n".join(shown[cut:]), style, indent=2)]


def _gradients(outcome: Outcome, style: Style) -> list[str]:
    odd = [gradient for gradient in outcome.gradients if gradient.outcome != "passed"]
    if not odd or outcome.verdict == "passed":
        return []
    return [*(_table(odd, style) or _stack(odd, style)), *_agreeing(outcome, style)]


def _table(gradients: list[GradientOutcome], style: Style) -> list[str]:
    """The gradients as a table; nothing where the terminal is too narrow for one."""
    title = ("gradient", "shape", "difference", "±", "worst at", "analytic", "numeric")
    lines = [title, *map(_cells, gradients)]
    if differ_in_trial(gradients):
        trials = ["trial", *(str(gradient.trial) for gradient in gradients)]
        lines = [(*line, trial) for line, trial in zip(lines, trials, strict=True)]
    rows = line_up(lines, width=style.width - 2, right=(2, 5, 6, 7))
    if columns_of(GAP.join(rows[0])) > style.width - 2:
        return []
    head, *body = ("  " + GAP.join(row).rstrip() for row in rows)
    return [
        paint(head, "dim", on=style.color),
        *(_emphasised(line, row, style) for line, row in zip(body, rows[1:], strict=True)),
    ]


def _emphasised(line: str, row: tuple[str, ...], style: Style) -> str:
    name = row[0].rstrip()
    return line.replace(name, paint(name, "bold", on=style.color), 1) if name else line


def _cells(gradient: GradientOutcome) -> tuple[str, ...]:
    worst = gradient.worst
    at, analytic, numeric = ("", "", "") if worst is None else (place(worst.index), *pair(worst))
    difference, bound = number(gradient.difference), number(gradient.error_bound)
    return one_line(gradient.name), shape(gradient.shape), difference or "none", bound, at, analytic, numeric


def _stack(gradients: list[GradientOutcome], style: Style) -> list[str]:
    lines = []
    for gradient in gradients:
        name, sizes, difference, bound, at, analytic, numeric = _cells(gradient)
        lines.append("  " + paint(shorten(f"{name} {sizes}", style.width - 2), "bold", on=style.color))
        of_trial = f" in trial {gradient.trial}" if differ_in_trial(gradients) else ""
        lines += _labelled("difference", difference + (f" ± {bound}" if bound else "") + of_trial, style, indent=4)
        if analytic:
            lines += _labelled(f"worst{at and ' at '}{at}", f"analytic {analytic}, numeric {numeric}", style, indent=4)
    return lines


def _agreeing(outcome: Outcome, style: Style) -> list[str]:
    names = [one_line(gradient.name) for gradient in outcome.gradients if gradient.outcome == "passed"]
    if not names:
        return []
    more = f" and {plural(len(names) - _NAMES, 'other')}" if len(names) > _NAMES else ""
    return _labelled("agree", ", ".join(names[:_NAMES]) + more, style)
