"""Annotations of a GitHub workflow: commands to its runner, each of which marks a line of the source.

GitHub shows ten annotations of each level from a step and drops the rest, so the ten worst are written, and a notice
counts the others. All text is escaped as the runner takes it back: ``%`` and line ends everywhere, and in properties
``:`` and ``,`` too. What audited code printed is left out.
"""

from __future__ import annotations

from gradaudit.reporters.alerts import SELF_TEST, Alert, alerts, worst_first
from gradaudit.reporters.cleaning import one_line, visible, without_commands, without_surrogates
from gradaudit.reporters.quantities import plural
from gradaudit.reporters.summary import incompleteness
from gradaudit.reporters.terminal import shorten
from gradaudit.reporters.wording import in_source, rule_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.records.report import Report
    from gradaudit.reporters import Style

SHOWN = 10
"""Annotations that GitHub shows of a step, of one level."""

_RUN = "gradaudit"  # the title of what is about the whole run
_TITLE = 200  # columns; GitHub takes no more than 255 characters
_MESSAGE = 4_000  # columns; the log holds the whole report
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(report: Report, style: Style) -> str:
    """A command a line; nothing where nothing is wrong."""
    found = worst_first(alerts(report))
    # What is not known to be right must not look so: it comes first.
    lines = [_command("error", {"title": _RUN}, incompleteness(report))] if report.incomplete else []
    shown = SHOWN - len(lines)
    lines += [_annotation(alert, style) for alert in found[:shown]]
    if len(found) > shown:
        lines.append(_command("notice", {"title": _RUN}, _rest(found[shown:])))
    return "".join(f"{line}\n" for line in lines)


def _annotation(alert: Alert, style: Style) -> str:
    place: dict[str, object] = {"file": alert.path(style)}
    if alert.line is not None:
        place["line"] = alert.line
        if (region := alert.region) is not None:
            place |= {"endLine": region.end_line, "col": region.column, "endColumn": region.end_column}
    return _command(_COMMANDS[alert.level], {**place, "title": _title(alert)}, _message(alert))


def _title(alert: Alert) -> str:
    code = alert.finding.code
    name = code if code == SELF_TEST else f"{code} {rule_name(code)}"
    audit = alert.outcome.id.removeprefix(f"{alert.outcome.file}::") if alert.outcome else ""
    cell = alert.within_notebook()
    return shorten(one_line(name + (f" in {audit}" if audit else "") + (f", {cell}" if cell else "")), _TITLE)


def _message(alert: Alert) -> str:
    finding, outcome = alert.finding, alert.outcome
    about = f"{finding.gradient}: " if finding.gradient and finding.gradient not in finding.message else ""
    lines = [about + (finding.message or "is wrong")]
    lines += [f"in the source: {sentence}" for sentence in in_source(finding)]
    lines += [f"help: {finding.help}"] if finding.help else []
    lines += [f"reproduce: {one_line(outcome.reproduce)}"] if outcome and outcome.reproduce else []
    text = "\n".join(lines)
    return text if len(text) <= _MESSAGE else text[: _MESSAGE - 1] + "…"


def _rest(found: Sequence[Alert]) -> str:
    counts = {level: sum(alert.level == level for alert in found) for level in _COMMANDS}
    named = ", ".join(plural(count, level) for level, count in counts.items() if count)
    return f"{named} more than GitHub shows; the other formats have them all"


def _command(name: str, properties: dict[str, object], message: str) -> str:
    written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{name} {written}::{_data(visible(message))}"


def _data(text: str) -> str:
    """Text as the runner takes it back; ``##[``, which it would obey anywhere in a line, is parted."""
    text = without_commands(without_surrogates(text)).replace("%", "%25")
    return text.replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    r"""A property's value.

    >>> print(_property("100%: a,b"))
    100%25%3A a%2Cb
    """
    return _data(one_line(text)).replace(":", "%3A").replace(",", "%2C")
