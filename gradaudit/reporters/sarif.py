"""SARIF 2.1.0, as code scanning of GitHub and the viewers of editors read it: a run, its rules, a result an alert.

What passed is not in it, nor what is ignored: GitHub heeds no `suppressions`, and makes an open alert of a result that
has some, while it closes the alert of a result that is gone. The specification wants them at all results or at none
(3.27.23), so none has any. Paths are relative to the repository's top level, columns count characters. A result's
fingerprint is made of what stays when lines move, so that an alert is the same one in the next commit.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html
"""

from __future__ import annotations

import json
import re

from gradaudit.reporters.alerts import SELF_TEST, Alert, alerts, worst_first
from gradaudit.reporters.cleaning import one_line, visible
from gradaudit.reporters.json_report import encodable
from gradaudit.reporters.markdown import fenced, paragraph, prose
from gradaudit.reporters.quantities import plural
from gradaudit.reporters.sarif_rules import described
from gradaudit.reporters.summary import incompleteness
from gradaudit.reporters.wording import in_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.records.report import Report
    from gradaudit.reporters import Style
    from gradaudit.reporters.json_report import Json

LIMIT = 25_000
"""Results of a run; GitHub refuses a file with more."""

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "gradauditFinding/v1"

_HOME = "https://github.com/gradaudit/gradaudit"
_ROOT = "%SRCROOT%"
_TEXT = 4_000  # characters of a message


def render(report: Report, style: Style) -> str:
    """The report as a SARIF log with one run, in ASCII whatever encoding it is written in."""
    found = alerts(report)
    kept = found if len(found) <= LIMIT else worst_first(found)[:LIMIT]
    results = [alert for alert in kept if alert.finding.code != SELF_TEST]
    codes = sorted({alert.finding.code for alert in results})
    run: dict[str, Json] = {
        "tool": {"driver": _driver(report, codes)},
        "automationDetails": {"id": f"gradaudit/{style.folder}"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The top level of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, kept, len(found) - len(kept), style)],
        "results": _with_fingerprints(results, codes, style),
    }
    document = encodable({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})
    text = json.dumps(document, indent=2, allow_nan=False)
    # "##[" commands the log of a GitHub workflow wherever it stands; inside a JSON string this is the same text.
    return text.replace("##[", "#\\u0023[") + "\n"


def _driver(report: Report, codes: Sequence[str]) -> Json:
    return {
        "name": "gradaudit",
        "fullName": f"gradaudit {report.version}",
        "version": report.version,
        "semanticVersion": report.version,
        "informationUri": _HOME,
        "rules": described(codes),
    }


def _invocation(report: Report, found: Sequence[Alert], left_out: int, style: Style) -> Json:
    notes: list[Json] = []
    if report.incomplete:
        notes.append(_notification("incomplete", f"{incompleteness(report)}."))
    if left_out:
        what = f"{plural(left_out, 'result')} left out, which matter least; the other formats have them all."
        notes.append(_notification("left-out", what))
    blind = [alert for alert in found if alert.finding.code == SELF_TEST]
    notes += [_notification(SELF_TEST, _text(alert), [_location(alert, style)]) for alert in blind]
    return {"executionSuccessful": not report.incomplete, "toolExecutionNotifications": notes}


def _notification(name: str, text: str, locations: Sequence[Json] = ()) -> Json:
    where: dict[str, Json] = {"locations": list(locations)} if locations else {}
    return {"descriptor": {"id": name}, "level": "error", "message": {"text": text}, **where}


def _with_fingerprints(found: Sequence[Alert], codes: Sequence[str], style: Style) -> list[Json]:
    """The results; of those that are told apart by nothing but their lines, the first is 1, the next 2."""
    seen: dict[str, int] = {}
    results: list[Json] = []
    for alert in found:
        key = _fingerprint(alert, style)
        seen[key] = seen.get(key, 0) + 1
        results.append(_result(alert, codes.index(alert.finding.code), f"{key}:{seen[key]}", style))
    return results


def _fingerprint(alert: Alert, style: Style) -> str:
    """What an alert is known by: file, audit, rule and gradient; outside audits, where the message names what it is."""
    import hashlib

    finding, outcome = alert.finding, alert.outcome
    about = (outcome.id, finding.gradient or "") if outcome else ("", finding.message)
    parts = (alert.path(style), finding.code, *about)
    return hashlib.sha256("\0".join(parts).encode(errors="backslashreplace")).hexdigest()[:32]


def _result(alert: Alert, rule: int, fingerprint: str, style: Style) -> Json:
    return {
        "ruleId": alert.finding.code,
        "ruleIndex": rule,
        "level": alert.level,
        "kind": "fail",
        "message": {"text": _text(alert), "markdown": _markdown(alert)},
        "locations": [_location(alert, style)],
        "partialFingerprints": {FINGERPRINT: fingerprint},
        "properties": _properties(alert),
    }


def _text(alert: Alert) -> str:
    """What is wrong and what to do, as plain text in which nothing is a link or a placeholder."""
    finding, outcome = alert.finding, alert.outcome
    head = ": ".join(filter(None, (_subject(alert), visible(finding.message))))
    lines = [_ended(head if len(head) <= _TEXT else head[: _TEXT - 1] + "…")]
    lines += [_ended(f"In the source: {visible(sentence)}") for sentence in in_source(finding)]
    lines += [_ended(f"Help: {visible(finding.help)}")] if finding.help else []
    lines += [f"Reproduce: {one_line(outcome.reproduce)}"] if outcome and outcome.reproduce else []
    # "[text](target)" would be a link, and "{0}" would stand for an argument.
    return re.sub(r"\{(\d+)\}", r"{ \1 }", "\n".join(lines).replace("](", "] ("))


def _markdown(alert: Alert) -> str:
    finding, outcome = alert.finding, alert.outcome
    subject = prose(_subject(alert))
    lines = [(f"**{subject}**: " if subject else "") + paragraph(finding.message)]
    lines += [f"In the source: {paragraph(sentence)}" for sentence in in_source(finding)]
    lines += [f"Help: {paragraph(finding.help)}"] if finding.help else []
    lines += ["Reproduce:", fenced(one_line(outcome.reproduce), "sh")] if outcome and outcome.reproduce else []
    return "\n\n".join(line.strip("\n") for line in lines)


def _subject(alert: Alert) -> str:
    """What it is about: the place in a notebook, the audit, the gradient."""
    outcome = alert.outcome
    audit = one_line(outcome.id.removeprefix(f"{outcome.file}::")) if outcome else ""
    gradient = one_line(alert.finding.gradient or "")
    return ", ".join(filter(None, (alert.within_notebook(), audit, gradient)))


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", "…", ":")) else f"{sentence}."


def _location(alert: Alert, style: Style) -> Json:
    from urllib.parse import quote

    region: dict[str, Json] = {"startLine": alert.line or 1}
    if (marked := alert.region) is not None:
        region |= {"startColumn": marked.column, "endLine": marked.end_line, "endColumn": marked.end_column}
    uri = quote(alert.path(style).encode(errors="surrogatepass"))
    physical: Json = {"artifactLocation": {"uri": uri, "uriBaseId": _ROOT}, "region": region}
    if alert.outcome is None:
        return {"physicalLocation": physical}
    name = one_line(alert.outcome.id.removeprefix(f"{alert.outcome.file}::"))
    return {"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": name, "kind": "function"}]}


def _properties(alert: Alert) -> Json:
    """Values for programs that read results and not reports."""
    outcome, gradient, place = alert.outcome, alert.gradient, alert.place
    measured = gradient or outcome
    values: dict[str, Json] = {"cell": place.cell, "cellLine": place.line if place.cell is not None else None}
    values |= {"gradient": alert.finding.gradient, "factor": alert.finding.factor}
    values |= {"inSource": [shown.code for shown in alert.finding.in_source] or None}
    if outcome is not None and measured is not None:
        values |= {"audit": outcome.id, "outcome": outcome.verdict, "seed": outcome.seed}
        values |= {"difference": measured.difference, "grade": measured.grade, "threshold": outcome.threshold}
        values |= {"errorBound": gradient.error_bound if gradient else None, "detects": outcome.detects}
    return {key: value for key, value in values.items() if value is not None}
