from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest

from gradaudit.records.finding import Finding, Region
from gradaudit.records.outcome import Outcome
from gradaudit.records.report import Report
from gradaudit.records.selection import Selection
from gradaudit.reporters import Style, sarif
from gradaudit.rules import RULES, judged

SCHEMA = json.loads(Path(__file__).with_name("sarif-2.1.0.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
WRONG = Outcome("a.py::f", "a.py", 7, "failed", findings=(Finding("GA201", "differs", gradient="x"),))


def under(report: Report, **selection):
    """A report whose findings are judged, as the parent process does."""

    def each(findings):
        return tuple(judged(finding, Selection(**selection)) for finding in findings)

    audits = tuple(replace(outcome, findings=each(outcome.findings)) for outcome in report.audits)
    return report._replace(audits=audits, findings=each(report.findings))


def run_of(report: Report, style: Style | None = None):
    document = json.loads(sarif.render(report, style or Style()))
    VALIDATOR.validate(document)
    (run,) = document["runs"]
    return run


def results_of(*audits: Outcome, findings: tuple[Finding, ...] = (), style: Style | None = None, **selection):
    return run_of(under(Report("0.1.0", audits=audits, findings=findings), **selection), style)["results"]


def only_result(*audits: Outcome, findings: tuple[Finding, ...] = (), style: Style | None = None, **selection):
    (result,) = results_of(*audits, findings=findings, style=style, **selection)
    return result


def place(result):
    physical = result["locations"][0]["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]


def fingerprint(result):
    return result["partialFingerprints"][sarif.FINGERPRINT]


def test_every_report_is_valid_sarif(each_report, ignoring, snapshot):
    text = sarif.render(ignoring(each_report, "GA302"), Style())
    document = json.loads(text)
    VALIDATOR.validate(document)
    assert text.isascii()
    driver = document["runs"][0]["tool"]["driver"]
    driver["rules"] = [rule["id"] for rule in driver["rules"]]  # their texts are those of the catalogue
    assert json.dumps(document, indent=2) == snapshot


def test_the_schema_rejects_what_is_no_sarif(every_outcome):
    document = json.loads(sarif.render(every_outcome, Style()))
    document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(document)


def test_a_result_names_its_rule_by_code_and_place(every_outcome):
    run = run_of(every_outcome)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({result["ruleId"] for result in run["results"]})
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


@pytest.mark.parametrize("code", RULES)
def test_a_rule_is_described_as_github_wants_it(code):
    run = run_of(Report("0.1.0", findings=(Finding(code, "is wrong", file="a.py", line=1),)))
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["name"].isalnum()
    assert rule["name"][0].isupper()
    assert len(rule["name"]) <= 255
    assert len(rule["shortDescription"]["text"]) <= 1024
    assert len(rule["fullDescription"]["text"]) <= 1024
    assert rule["help"]["markdown"] == RULES[code].text
    assert "```" not in rule["help"]["text"]
    assert rule["defaultConfiguration"]["level"] == RULES[code].severity
    assert rule["properties"]["problem.severity"] == RULES[code].severity
    assert rule["properties"]["precision"] in {"very-high", "high", "medium", "low"}
    assert 0 < len(rule["properties"]["tags"]) <= 10


def test_what_marks_a_line_is_the_definition():
    uri, region = place(only_result(replace(WRONG, region=Region(5, 7, 10))))
    assert uri == "a.py"
    assert region == {"startLine": 7, "startColumn": 5, "endLine": 7, "endColumn": 10}
    assert place(only_result(WRONG)) == ("a.py", {"startLine": 7})


def test_a_finding_with_a_place_of_its_own_is_marked_there():
    finding = Finding("GA201", "differs", file="a.py", line=9, column=2, end_line=10, end_column=3)
    _, region = place(only_result(replace(WRONG, region=Region(5, 7, 10), findings=(finding,))))
    assert region == {"startLine": 9, "startColumn": 2, "endLine": 10, "endColumn": 3}


def test_a_finding_at_the_line_of_its_audit_is_marked_as_the_audit_is():
    finding = Finding("GA002", "f is nested", file="a.py", line=7)
    _, region = place(only_result(replace(WRONG, region=Region(5, 7, 10), findings=(finding,))))
    assert region == {"startLine": 7, "startColumn": 5, "endLine": 7, "endColumn": 10}


def test_a_file_that_can_not_be_read_is_named_all_the_same():
    finding = Finding("GA001", "is not UTF-8", file="src/latin.py")
    assert place(only_result(findings=(finding,))) == ("src/latin.py", {"startLine": 1})


def test_in_a_notebook_the_message_says_the_cell_and_its_line():
    result = only_result(replace(WRONG, file="c.ipynb", id="c.ipynb::f", cell=3, region=Region(1, 7, 6)))
    assert place(result) == ("c.ipynb", {"startLine": 1})
    assert result["message"]["text"].startswith("cell 3 line 7, f, x: differs.")
    assert (result["properties"]["cell"], result["properties"]["cellLine"]) == (3, 7)


@pytest.mark.parametrize("name", ["a b.py", "ä/層.py", "a:b.py", "50%.py", "a?b#c.py"])
def test_paths_are_relative_uris(name):
    uri, _ = place(only_result(replace(WRONG, file=name, id=f"{name}::f")))
    assert unquote(uri) == name
    assert uri.isascii()
    assert not set(uri) & set(" :?#")


def test_paths_start_at_the_top_level_of_the_repository():
    style = Style(folder="python/core/")
    assert place(only_result(WRONG, style=style))[0] == "python/core/a.py"
    assert place(only_result(replace(WRONG, file="../b.py"), style=style))[0] == "python/b.py"
    assert run_of(Report("0"), style)["automationDetails"]["id"] == "gradaudit/python/core/"


def test_a_fingerprint_stays_when_lines_move():
    moved = replace(WRONG, line=99, region=Region(9, 99, 14), difference=0.5)
    assert fingerprint(only_result(WRONG)) == fingerprint(only_result(moved))
    unaudited = Finding("GA101", "no audit names f: a rule", file="a.py", line=3)
    first, second = (
        fingerprint(only_result(findings=(finding,))) for finding in (unaudited, unaudited._replace(line=8))
    )
    assert first == second


def test_fingerprints_tell_findings_apart():
    findings = [
        (WRONG,),
        (replace(WRONG, id="a.py::g"),),
        (replace(WRONG, id="b.py::f", file="b.py"),),
        (replace(WRONG, findings=(Finding("GA202", "differs", gradient="x"),)),),
        (replace(WRONG, findings=(Finding("GA201", "differs", gradient="y"),)),),
    ]
    assert len({fingerprint(only_result(*audits)) for audits in findings}) == len(findings)
    twice = [fingerprint(result) for result in results_of(WRONG, WRONG)]
    assert [each.rpartition(":")[2] for each in twice] == ["1", "2"]
    assert len({each.rpartition(":")[0] for each in twice}) == 1


LEVELS = {
    "an error": (WRONG, ["error"]),
    "a warning": (replace(WRONG, verdict="passed", findings=(Finding("GA304", "dtype"),)), ["warning"]),
    "undecided": (replace(WRONG, verdict="inconclusive", findings=(Finding("GA211", "NaN"),)), ["warning"]),
    "without a word": (replace(WRONG, findings=()), ["error"]),
    "skipped": (replace(WRONG, verdict="skipped"), []),
    "expected to fail": (replace(WRONG, verdict="xfailed"), []),
    "passed": (replace(WRONG, verdict="passed", findings=()), []),
}


@pytest.mark.parametrize("case", LEVELS)
def test_levels(case):
    outcome, levels = LEVELS[case]
    assert [result["level"] for result in results_of(outcome)] == levels


def test_what_is_ignored_is_left_out_and_what_is_not_selected_by_default_is_a_note():
    unaudited = (Finding("GA101", "no audit names f: a rule", file="a.py", line=3),)
    assert results_of(WRONG, ignore=("GA2",)) == []
    assert only_result(findings=unaudited)["level"] == "note"
    assert only_result(findings=unaudited, select=("GA1",))["level"] == "error"
    assert results_of(findings=unaudited, ignore=("GA1",)) == []
    assert results_of(findings=unaudited, select=("GA2",)) == []


@pytest.mark.parametrize("ignorer", ["comment", "baseline", "selection"])
def test_what_is_ignored_is_no_result_in_an_audit_or_outside(ignorer):
    ignored = WRONG.findings[0]._replace(ignored=ignorer)
    outcome = replace(WRONG, verdict="passed", findings=(ignored, Finding("GA304", "dtype")))
    outside = (Finding("GA101", "no audit names g", file="a.py", line=3, ignored=ignorer),)
    (result,) = run_of(Report("0.1.0", audits=(outcome,), findings=outside))["results"]
    assert result["ruleId"] == "GA304"
    assert "suppressions" not in result  # at all results or at none


def test_no_message_is_a_link_or_has_a_placeholder():
    text = only_result(replace(WRONG, findings=(Finding("GA201", "see [a](http://b.example) and {0}, {x: 1}"),)))
    assert text["message"]["text"] == "f: see [a] (http://b.example) and { 0 }, {x: 1}."


def test_values_are_there_for_programs(every_outcome):
    results = {
        (result["properties"]["audit"], result["properties"].get("gradient")): result["properties"]
        for result in run_of(every_outcome)["results"]
        if "audit" in result["properties"]
    }
    wrong = results["examples/course/network.py::backward_propagation_n", "parameters.W2"]
    assert (wrong["difference"], wrong["grade"], wrong["threshold"]) == (1 / 3, "wrong", 1e-5)
    assert results["src/loss.py::Loss.backward", "scale"]["difference"] == "NaN"


def test_an_incomplete_run_did_not_succeed_and_says_why(interrupted, every_outcome):
    (invocation,) = run_of(interrupted)["invocations"]
    (note,) = invocation["toolExecutionNotifications"]
    assert invocation["executionSuccessful"] is False
    assert note["message"]["text"] == "incomplete: interrupted, 4 audits not run."
    (invocation,) = run_of(every_outcome)["invocations"]
    assert invocation == {"executionSuccessful": True, "toolExecutionNotifications": []}


def test_an_audit_that_can_not_fail_is_a_notification_with_its_place(self_tested):
    (note,) = run_of(self_tested)["invocations"][0]["toolExecutionNotifications"]
    assert note["level"] == "error"
    assert "a self-test missed: scores scaled by 1.01" in note["message"]["text"]
    assert note["locations"][0]["physicalLocation"]["region"]["startLine"] == 88


def test_no_more_results_than_github_takes_and_the_worst_stay(monkeypatch):
    assert sarif.LIMIT == 25_000
    monkeypatch.setattr(sarif, "LIMIT", 2)
    warned = replace(WRONG, verdict="passed", findings=(Finding("GA304", "dtype"),))
    run = run_of(Report("0", audits=(warned, replace(WRONG, difference=0.1), replace(WRONG, difference=0.9))))
    assert [result["properties"]["difference"] for result in run["results"]] == [0.9, 0.1]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("1 result left out")


def test_a_long_message_is_cut():
    text = only_result(replace(WRONG, findings=(Finding("GA006", "x" * 10**6),)))["message"]["text"]
    assert len(text) < 10_000
    assert text.endswith("…")
