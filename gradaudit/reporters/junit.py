"""JUnit XML, as Jenkins, GitLab and the others read it: a suite a source file, a test case an audit.

`junit_xml` writes it. What it leaves to its callers is done here: text is cleaned of what XML 1.0 forbids, every
element that says why a case did not pass has a message (one without would be dropped, and the case would count as
passed), and attributes that Jenkins' schema lacks (``disabled``) or wants otherwise (``time``) are set right.
"""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

from junit_xml import TestCase, TestSuite

from gradaudit.reporters.cleaning import one_line, visible
from gradaudit.reporters.details import describe, describe_finding
from gradaudit.reporters.self_testing import missed, misses
from gradaudit.reporters.summary import incompleteness
from gradaudit.reporters.wording import headline, leading_finding, location, rule_name, standing, word
from gradaudit.rules import fails

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradaudit.records.finding import Finding
    from gradaudit.records.outcome import Outcome
    from gradaudit.records.report import Report
    from gradaudit.reporters import Style

_TEXT_WIDTH = 100
_RUN = "gradaudit"  # the suite of what belongs to no file
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def render(report: Report, style: Style) -> str:
    """The report as JUnit XML, in ASCII whatever encoding it is written in."""
    style = style._replace(color=False, width=_TEXT_WIDTH)
    root = ET.Element("testsuites", {"name": _RUN})
    suites = _suites(report, style)
    _make_unique(case for cases in suites.values() for case in cases)
    for name, cases in suites.items():
        root.append(_suite_element(TestSuite(one_line(name), cases)))
    for total in ("tests", "failures", "errors"):
        root.set(total, str(sum(int(suite.get(total, 0)) for suite in root)))
    root.set("time", _time(report.duration_s))
    ET.indent(root)
    return (
        _DECLARATION + _without_commands(ET.tostring(root, encoding="us-ascii", xml_declaration=False).decode()) + "\n"
    )


def _suites(report: Report, style: Style) -> dict[str, list[TestCase]]:
    suites: dict[str, list[TestCase]] = {}
    for outcome in report.audits:
        suites.setdefault(outcome.file, []).append(_audit_case(outcome, style))
    for finding in report.findings:
        suites.setdefault(finding.file or _RUN, []).append(_finding_case(finding, style))
    if report.incomplete:
        suites.setdefault(_RUN, []).append(_incomplete_case(report))
    return suites


def _audit_case(outcome: Outcome, style: Style) -> TestCase:
    case = TestCase(
        one_line(outcome.id.removeprefix(f"{outcome.file}::")), _classname(outcome.file), outcome.duration_s
    )
    message = headline(outcome)
    text = "\n".join([f"{location(outcome)}: {word(outcome)}", *describe(replace(outcome, output=""), style)])
    match outcome.verdict:
        case "failed":
            case.add_failure_info(message, text, _type(outcome))
        case "error":
            case.add_error_info(message, text, _type(outcome))
        case "passed" if outcome.self_test is not None and missed(outcome):
            case.add_failure_info(one_line(f"self-test missed: {misses(outcome.self_test)}"), text, "self-test")
        case "passed" if outcome.is_ignored:
            case.add_skipped_info(f"ignored: {message}", text)
        case "passed":
            case.stdout = text if outcome.findings or outcome.self_test else None
        case "listed" if any(map(fails, outcome.findings)):  # what will keep it from running fails the list
            case.add_error_info(message, text, _type(outcome))
        case "inconclusive" | "skipped" | "xfailed" | "listed":
            case.add_skipped_info(_standing(outcome) + message, text)
    if outcome.output:
        case.stdout = "\n".join(filter(None, (case.stdout, visible(outcome.output))))
    return case


def _standing(outcome: Outcome) -> str:
    """What a message begins with where it is not the reason why a case was left out."""
    finding = leading_finding(outcome)
    if outcome.verdict == "listed" and finding is not None:
        return f"{standing(finding)}: "
    return "inconclusive: " if outcome.verdict == "inconclusive" else ""


def _type(outcome: Outcome) -> str:
    finding = leading_finding(outcome)
    return finding.code if finding else outcome.verdict


def _finding_case(finding: Finding, style: Style) -> TestCase:
    cell = f" cell {finding.cell}" if finding.cell is not None else ""
    at = cell + (f" line {finding.line}" if finding.line is not None else "")
    case = TestCase(f"{finding.code} {rule_name(finding.code)}{at}", _classname(finding.file or _RUN))
    text = "\n".join(describe_finding(finding, style, where=f"{location(finding)}: "))
    message = one_line(finding.message.split("\n", 1)[0]) or rule_name(finding.code)
    if fails(finding):
        case.add_error_info(message, text, finding.code)
    else:
        case.add_skipped_info(f"{standing(finding)}: {message}", text)
    return case


def _incomplete_case(report: Report) -> TestCase:
    """An errored case: every viewer shows one, and none can then take the run for a whole one."""
    case = TestCase("incomplete run", _RUN)
    case.add_error_info(incompleteness(report), "What is not in this report is not known to be right.", "incomplete")
    return case


def _classname(file: str) -> str:
    return one_line(file.removesuffix(".py").replace("/", ".")) or _RUN  # an empty one would be dropped


def _make_unique(cases: Iterable[TestCase]) -> None:
    """Number the cases that share a name: viewers keep one of those with the same class name and name."""
    taken: set[tuple[str, str]] = set()
    for case in cases:
        name, count = case.name, 1
        while (case.classname, case.name) in taken:
            count += 1
            case.name = f"{name} ({count})"
        taken.add((case.classname, case.name))


def _suite_element(suite: TestSuite) -> ET.Element:
    element: ET.Element = suite.build_xml_doc()
    element.attrib.pop("disabled", None)
    durations = [case.elapsed_sec or 0.0 for case in suite.test_cases]
    element.set("time", _time(sum(durations)))
    for case, duration in zip(element.iter("testcase"), durations, strict=True):
        case.set("time", _time(duration))
    return element


def _time(duration: float) -> str:
    """Seconds with three decimals, the most that Jenkins' schema allows."""
    return f"{duration:.3f}" if 0 <= duration < float("inf") else "0.000"


def _without_commands(xml: str) -> str:
    """The same document, with what a GitHub workflow's log would take for a command as character references."""
    lines = xml.replace("##[", "##&#91;").split("\n")
    return "\n".join(line.replace("::", "&#58;:", 1) if line.lstrip().startswith("::") else line for line in lines)
