from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest

from gradaudit.records.outcome import GradientOutcome, Outcome
from gradaudit.records.report import Report
from gradaudit.reporters import Style
from gradaudit.reporters.terminal import columns_of, line_up, shorten, wrap
from gradaudit.reporters.text import render

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("verbosity", [-1, 0, 1])
def test_every_outcome_looks_as_it_did(every_outcome, ignoring, snapshot, verbosity):
    assert render(ignoring(every_outcome, "GA302"), Style(verbosity=verbosity)) == snapshot


@pytest.mark.parametrize(
    "name",
    ["all_passed", "self_tested", "interrupted", "nothing_found", "listing", "hostile", "partly_known", "proved"],
)
def test_special_reports_look_as_they_did(name, request, snapshot):
    assert render(request.getfixturevalue(name), Style(width=80)) == snapshot


def test_a_narrow_terminal_looks_as_it_did(every_outcome, ignoring, snapshot):
    assert render(ignoring(every_outcome, "GA302"), Style(width=50)) == snapshot


def test_colours_change_nothing_but_colours(every_outcome, ignoring):
    plain, coloured = (render(ignoring(every_outcome, "GA302"), Style(color=on)) for on in (False, True))
    assert "\x1b" not in plain
    assert "\x1b[1;31m✗ failed" in coloured
    assert ESCAPES.sub("", coloured) == plain


def test_inconclusive_is_never_shown_as_passed(every_outcome):
    only = every_outcome._replace(
        audits=tuple(a for a in every_outcome.audits if a.verdict == "inconclusive"), findings=()
    )
    for verbosity in (-1, 0, 1):
        text = render(only, Style(verbosity=verbosity))
        assert "1 inconclusive" in text
        assert "passed" not in text
        assert "✓" not in text


def test_quiet_leaves_passed_audits_out_but_counts_them(every_outcome):
    text = render(every_outcome, Style(verbosity=-1))
    assert "affine_backward" not in text
    assert "2 passed" in text


def test_a_distortion_that_was_missed_is_told_however_quiet(self_tested):
    for verbosity in (-1, 0, 1):
        text = render(self_tested, Style(verbosity=verbosity))
        assert "missed: scores scaled by 1.01 (inconclusive), scores[1, 2] set to zero (passed)" in text
        assert "self-test: 12 of 14 distortions caught in 2 audits, 1 below the threshold" in text


def test_a_self_test_of_nothing_says_so(nothing_found):
    assert "self-test: no audit passed, so none was tested" in render(nothing_found._replace(self_tested=True), Style())
    assert "self-test" not in render(nothing_found, Style())


def test_verbose_tells_how_each_audit_was_checked(all_passed):
    assert "12 forward + 5 backward evaluations, detects 3.1e-09" in render(all_passed, Style(verbosity=1, width=140))
    assert "evaluations" not in render(all_passed, Style())


def test_findings_that_fail_nothing_are_marked(every_outcome, ignoring):
    text = render(ignoring(every_outcome, "GA302"), Style())
    assert "GA302 forward-nondeterministic (ignored)" in text
    assert "GA401 kink (warning)" in text
    assert "(ignored)" not in render(every_outcome, Style())


@pytest.mark.parametrize("width", [40, 50, 64, 80, 100, 140])
def test_lines_fit_the_terminal_but_those_to_copy(every_outcome, ignoring, width):
    ids = {outcome.id for outcome in every_outcome.audits}
    for line in render(ignoring(every_outcome, "GA302"), Style(width=width, verbosity=1)).splitlines():
        to_copy = line.lstrip().startswith(("reproduce: ", "│ ")) or line[2:] in ids
        assert columns_of(line) <= width or to_copy, line


def test_ids_stand_whole_on_a_line_of_their_own_in_details_and_everywhere_for_programs(every_outcome, listing):
    failed = [outcome for outcome in every_outcome.audits if outcome.verdict == "failed"]
    text = render(every_outcome, Style(width=40)).splitlines()
    assert all(f"✗ {outcome.id}" in text for outcome in failed)
    for report in (every_outcome, listing):
        whole = render(report, Style(width=40, whole_names=True, verbosity=0))
        assert all(outcome.id in whole.split("\n\n", 1)[0] for outcome in report.audits)
        assert not all(outcome.id in render(report, Style(width=40)).split("\n\n", 1)[0] for outcome in report.audits)


def test_gradients_of_several_trials_say_of_which():
    gradients = tuple(
        GradientOutcome(name, shape, "failed", 0.5, 1e-9, "wrong", None, trial)
        for name, shape, trial in (("C", (9, 14), 3), ("a", (2,), 1))
    )
    outcome = Outcome("a.py::b", "a.py", 1, "failed", mode="directional", gradients=gradients)
    text = render(Report("0", audits=(outcome,)), Style())
    assert re.search(r"numeric +trial\n", text)
    assert re.search(r"C +\(9, 14\) +0.5 +1e-09 +3\n", text)
    assert "difference: 0.5 ± 1e-09 in trial 1" in render(Report("0", audits=(outcome,)), Style(width=40))
    alike = replace(outcome, gradients=tuple(replace(gradient, trial=1) for gradient in gradients))
    assert "trial" not in render(Report("0", audits=(alike,)), Style())


def test_nothing_printed_is_a_workflow_command(hostile, every_outcome):
    for report in (hostile, every_outcome):
        text = render(report, Style(width=60, verbosity=1))
        assert "##[" not in text
        assert not [line for line in text.splitlines() if line.lstrip().startswith("::")]


def test_long_output_is_cut_and_says_so(every_outcome):
    failed = replace(every_outcome.audits[0], output="\n".join(f"step {i}" for i in range(1, 1001)))
    report = every_outcome._replace(audits=(failed,), findings=())
    text = render(report, Style())
    assert "printed (last 40 lines of 1,000; -v shows all):" in text
    assert "step 961\n" in text
    assert "step 960\n" not in text
    assert "step 1\n" in render(report, Style(verbosity=1))


def test_values_that_differ_are_never_printed_alike(every_outcome):
    worst = replace(every_outcome.audits[0].gradients[1].worst, analytic=1.0, numeric=1.0 + 2e-9)
    failed = Outcome(
        "a.py::f", "a.py", 1, "failed", gradients=(GradientOutcome("x", (2,), "failed", 1e-9, worst=worst),)
    )
    assert "1.000000002" in render(Report("0", audits=(failed,)), Style())


def test_a_run_that_was_stopped_before_its_first_audit_does_not_say_none_was_found():
    text = render(Report("0", files=3, incomplete="interrupted", not_run=2), Style())
    assert text == "No audit was run.\nincomplete: interrupted, 2 audits not run\n"


def test_wide_characters_line_up():
    rows = line_up([("層の勾配", "1"), ("w", "2")], width=40)
    assert len({columns_of("|".join(row)) for row in rows}) == 1


@pytest.mark.parametrize("columns", [8, 13, 20])
@pytest.mark.parametrize("text", ["src/layers.py::affine_backward", "層" * 30, "e\u0301" * 40])
def test_shortened_and_wrapped_text_is_no_wider_than_asked(text, columns):
    assert columns_of(shorten(text, columns)) <= columns
    lines = wrap(text, columns)
    assert "".join(lines) == text
    assert all(columns_of(line) <= columns for line in lines)


def test_the_text_report_imports_nothing_that_typing_does_not():
    heavy = "{'re', 'dataclasses', 'inspect', 'textwrap', 'json', 'unicodedata', 'numpy', 'rich', 'typer'}"

    def imported(module: str) -> set[str]:
        code = f"import sys, {module}; print(*{heavy} & set(sys.modules))"
        return set(
            subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
        )

    assert imported("gradaudit.reporters.text") <= imported("typing")
