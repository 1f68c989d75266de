from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradaudit.records.finding import Finding, Region
from gradaudit.records.outcome import GradientOutcome, Outcome
from gradaudit.records.report import Report
from gradaudit.records.selection import Selection
from gradaudit.reporters import Style
from gradaudit.reporters.github import SHOWN, render
from gradaudit.rules import judged

WRONG = Outcome("src/a.py::f", "src/a.py", 7, "failed", findings=(Finding("GA201", "differs"),))


def under(report: Report, **selection):
    """A report whose findings are judged, as the parent process does."""

    def each(findings):
        return tuple(judged(finding, Selection(**selection)) for finding in findings)

    audits = tuple(replace(outcome, findings=each(outcome.findings)) for outcome in report.audits)
    return report._replace(audits=audits, findings=each(report.findings))


def commands(text):
    """What the runner makes of the lines: command, properties and message, taken back from their escapes."""
    found = []
    for line in text.splitlines():
        name, properties, message = re.fullmatch(r"::(\w+) (.*?)::(.*)", line).groups()
        pairs = dict(each.split("=", 1) for each in properties.split(","))
        found.append(
            (name, {key: _taken_back(value, colons=True) for key, value in pairs.items()}, _taken_back(message))
        )
    return found


def _taken_back(text, *, colons=False):
    if colons:
        text = text.replace("%3A", ":").replace("%2C", ",")
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def thirty_findings():
    """Two wrong gradients of ten audits, a warning with each, and findings outside audits."""
    audits = tuple(
        Outcome(
            f"src/layers_{number}.py::layer_{number}_backward",
            f"src/layers_{number}.py",
            10 + number,
            "failed",
            difference=0.1 * number,
            gradients=(GradientOutcome("x", (3,), "failed", 0.1 * number), GradientOutcome("w", (3,), "failed", 1e-3)),
            findings=(
                Finding("GA203", f"the gradient of x is {number} × the numeric one", "look for a factor", "x"),
                Finding("GA304", "is float32, 100% of it", gradient="w"),
            ),
            reproduce=f"gradaudit scan 'src/layers_{number}.py::layer_{number}_backward' --seed 0",
            region=Region(1, 10 + number, 21),
        )
        for number in range(1, 11)
    )
    undecided = tuple(
        Outcome(f"n.ipynb::g{n}", "n.ipynb", n, "inconclusive", cell=2, findings=(Finding("GA401", "kink"),))
        for n in range(1, 9)
    )
    broken = Finding("GA001", "can't be parsed: expected ':'\nin line 3", file="src/a,b:c.py", line=3)
    return Report("0.1.0", audits=(*undecided, *audits), findings=(broken, broken._replace(file="src/d.py", line=None)))


def test_thirty_findings_are_ten_annotations_and_a_notice(snapshot):
    text = render(thirty_findings(), Style(folder="package/"))
    assert text == snapshot
    assert [name for name, _, _ in commands(text)] == ["error"] * SHOWN + ["notice"]


def test_every_report_looks_as_it_did(each_report, ignoring, snapshot):
    text = render(ignoring(each_report, "GA302"), Style())
    assert text == snapshot
    assert len(commands(text)) <= SHOWN + 1


def test_errors_come_before_warnings_and_larger_differences_first():
    audits = [replace(WRONG, id=f"src/a.py::{d}", difference=d) for d in (0.2, 0.9, float("nan"), 0.5)]
    warned = replace(
        WRONG, id="src/a.py::w", verdict="inconclusive", difference=7.0, findings=(Finding("GA402", "noisy"),)
    )
    found = commands(render(Report("0", audits=(warned, *audits)), Style()))
    assert [properties["title"].rpartition(" ")[2] for _, properties, _ in found] == ["nan", "0.9", "0.5", "0.2", "w"]
    assert [name for name, _, _ in found] == ["error"] * 4 + ["warning"]


def test_the_line_and_the_columns_of_the_definition_are_marked():
    ((_, properties, _),) = commands(render(Report("0", audits=(replace(WRONG, region=Region(5, 7, 10)),)), Style()))
    title = properties.pop("title")
    assert title == "GA201 wrong-gradient in f"
    assert properties == {"file": "src/a.py", "line": "7", "endLine": "7", "col": "5", "endColumn": "10"}


def test_a_notebook_has_cell_and_line_in_the_title():
    audit = replace(WRONG, file="c.ipynb", id="c.ipynb::f", cell=3, region=Region(1, 7, 6))
    ((_, properties, _),) = commands(render(Report("0", audits=(audit,)), Style()))
    assert properties == {"file": "c.ipynb", "title": "GA201 wrong-gradient in f, cell 3 line 7"}


def test_paths_start_at_the_top_level_of_the_repository():
    ((_, properties, _),) = commands(render(Report("0", audits=(WRONG,)), Style(folder="package/")))
    assert properties["file"] == "package/src/a.py"


def test_an_incomplete_run_is_an_error_before_all_others(interrupted):
    audits = tuple(replace(WRONG, id=f"a.py::f{number}") for number in range(12))
    found = commands(render(interrupted._replace(audits=audits), Style()))
    assert found[0] == ("error", {"title": "gradaudit"}, "incomplete: interrupted, 4 audits not run")
    assert [name for name, _, _ in found] == ["error"] * SHOWN + ["notice"]
    assert found[-1][2] == "3 errors more than GitHub shows; the other formats have them all"


def test_what_is_ignored_skipped_or_expected_to_fail_raises_no_annotation():
    audits = [replace(WRONG, verdict=verdict) for verdict in ("skipped", "xfailed")]
    assert render(Report("0", audits=tuple(audits)), Style()) == ""
    assert render(under(Report("0", audits=(WRONG,)), ignore=("GA2",)), Style()) == ""


def test_what_audited_code_printed_is_left_out():
    text = render(Report("0", audits=(replace(WRONG, output="::error::planted\n", reason="planted"),)), Style())
    assert "planted" not in text


FRAGMENTS = ["%", "%0A", "%25", "\r", "\n", "::", ":", ",", "##[error]", "=", "a", "\u2028", "\x1b[31m", "\ud800", "é"]


@settings(max_examples=100, deadline=None)
@given(text=st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join))
def test_every_line_is_one_command_whatever_the_text(make_hostile, text):
    rendered = render(make_hostile(text), Style())
    rendered.encode("utf-8")
    assert "##[" not in rendered
    found = commands(rendered)
    assert {name for name, _, _ in found} <= {"error", "warning", "notice"}
    assert all(set(properties) <= {"file", "line", "title"} for _, properties, _ in found)


@pytest.mark.parametrize("message", ["100% wrong", "a\nb", "%0A is no line end", "x: y, z", "%25"])
def test_a_message_arrives_as_it_was(message):
    audit = replace(WRONG, findings=(Finding("GA201", message),))
    ((_, _, arrived),) = commands(render(Report("0", audits=(audit,)), Style()))
    assert arrived == message
