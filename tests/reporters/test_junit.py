from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from gradaudit.records.finding import Finding
from gradaudit.records.outcome import Outcome
from gradaudit.records.report import Report
from gradaudit.reporters import Style
from gradaudit.reporters.junit import render

XSD = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit-10.xsd")))
PASSED = Outcome("a.py::f", "a.py", 1, "passed")


def _parse(report: Report, style: Style | None = None):
    root = etree.fromstring(render(report, style or Style()).encode())
    XSD.assertValid(root)
    return root


def _case(root, name: str):
    (case,) = root.xpath("//testcase[@name=$name]", name=name)
    return case


def test_every_report_is_valid_junit(each_report, ignoring, snapshot):
    _parse(each_report)
    text = render(ignoring(each_report, "GA302"), Style())
    assert text.isascii()
    assert text == snapshot


def test_an_audit_that_can_not_fail_is_a_failure_that_says_why(self_tested):
    root = _parse(self_tested)
    (failure,) = _case(root, "softmax_loss[labels]").iter("failure")
    assert failure.get("message").startswith("self-test missed: scores scaled by 1.01 (inconclusive), ")
    assert "10 of 10 distortions caught" in _case(root, "affine_backward").findtext("system-out")
    assert root.get("failures") == "2"


def test_a_suite_a_source_file(every_outcome):
    files = [suite.get("name") for suite in _parse(every_outcome).iter("testsuite")]
    assert files == list(
        dict.fromkeys([a.file for a in every_outcome.audits] + [f.file for f in every_outcome.findings])
    )


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("backward_propagation_n", "failure"),
        ("conv_backward[stride 2]", "error"),
        ("relu_backward", "skipped"),
        ("gpu", "skipped"),
        ("old", "skipped"),
        ("affine_backward", None),
        ("GA001 syntax-error line 3", "error"),
    ],
)
def test_each_outcome_has_its_element(every_outcome, name, tag):
    found = [child.tag for child in _case(_parse(every_outcome), name) if child.tag != "system-out"]
    assert found == ([tag] if tag else [])


def test_a_failure_can_be_acted_on(every_outcome):
    failure = _case(_parse(every_outcome), "backward_propagation_n").find("failure")
    assert failure.get("type") == "GA201"
    assert failure.get("message").startswith("differs from the numerical gradient")
    for part in ("parameters.W2", "[1, 2]", "0.0512312", "help: compare", "reproduce: gradaudit scan"):
        assert part in failure.text


def test_reasons_are_the_messages_of_what_was_skipped(every_outcome):
    root = _parse(every_outcome)
    assert _case(root, "gpu").find("skipped").get("message") == "skipped: needs a GPU"
    assert _case(root, "old").find("skipped").get("message") == "xfailed: fixed in the next release"
    assert _case(root, "relu_backward").find("skipped").get("message").startswith("inconclusive: every draw")


def test_totals_are_those_of_the_cases(every_outcome):
    root = _parse(every_outcome)
    for parent in (root, *root.iter("testsuite")):
        assert parent.get("tests") == str(len(list(parent.iter("testcase"))))
        assert parent.get("failures") == str(len(list(parent.iter("failure"))))
        assert parent.get("errors") == str(len(list(parent.iter("error"))))


@pytest.mark.parametrize("verdict", ["failed", "error", "inconclusive", "skipped", "xfailed"])
@pytest.mark.parametrize("finding", [None, Finding("GA201", "")])
def test_what_did_not_pass_never_looks_passed_even_without_a_word(verdict, finding):
    findings = (finding,) if finding else ()
    root = _parse(Report("0", audits=(replace(PASSED, verdict=verdict, findings=findings),)))
    (element,) = _case(root, "f")
    assert element.get("message")


def test_class_name_and_name_are_unique_together():
    ids = [("a/b.py", "f"), ("a.b.py", "f"), ("a.b.py", "f"), ("a.b.py", "f (2)"), ("gradaudit.py", "incomplete run")]
    audits = tuple(Outcome(f"{file}::{name}", file, 1, "passed") for file, name in ids)
    cases = list(_parse(Report("0", audits=audits, incomplete="interrupted")).iter("testcase"))
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases) == 6


@pytest.mark.parametrize("duration", [0.0, 1e-9, 0.12345, 123456.789, float("nan"), float("inf")])
def test_times_are_what_the_schema_allows(duration):
    root = _parse(Report("0", audits=(replace(PASSED, duration_s=duration),), duration_s=duration))
    assert float(_case(root, "f").get("time")) == pytest.approx(duration if 0 <= duration < 1e9 else 0, abs=5e-4)


def test_an_incomplete_run_is_an_error_that_every_viewer_shows(interrupted):
    error = _case(_parse(interrupted), "incomplete run").find("error")
    assert error.get("message") == "incomplete: interrupted, 4 audits not run"


def test_what_keeps_a_listed_audit_from_running_is_an_error_unless_it_is_ignored(listing):
    cases = {case.get("name"): case for case in etree.fromstring(render(listing, Style()).encode()).iter("testcase")}
    shown = {
        name: (child.tag, child.get("type"), child.get("message")) for name, case in cases.items() for child in case
    }
    message = "it is inside the function f: importing the module does not run it"
    assert shown == {
        "affine_backward": ("skipped", "skipped", "listed, not run"),
        "backward_propagation_n[3 layers]": ("skipped", "skipped", "listed, not run"),
        "inner_backward": ("error", "GA002", message),
        "known_backward": ("skipped", "skipped", f"ignored: {message}"),
    }


def test_a_finding_that_is_ignored_is_no_error(every_outcome, ignoring):
    root = _parse(ignoring(every_outcome, "GA001"))
    assert _case(root, "GA001 syntax-error").find("skipped").get("message") == "ignored: is not UTF-8"


def test_output_arrives_as_it_was_without_commanding_the_log():
    output = "start\n  ::error::planted\n##[error]planted"
    text = render(Report("0", audits=(replace(PASSED, verdict="error", output=output),)), Style())
    assert etree.fromstring(text.encode()).findtext(".//system-out") == output
    assert "##[" not in text
    assert not [line for line in text.splitlines() if line.lstrip().startswith("::")]


def test_no_warning_comes_out_of_the_writer():
    code = (
        "from gradaudit.records.report import Report; from gradaudit.reporters import Style, render; "
        "render('junit', Report('0'), Style())"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
