from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gradaudit.records.finding import Finding
from gradaudit.records.outcome import Outcome
from gradaudit.records.report import Report
from gradaudit.reporters import Style
from gradaudit.reporters.markdown import code, fenced, prose, render

STEP_SUMMARY_LIMIT = 1024 * 1024


def test_every_report_looks_as_it_did(each_report, ignoring, snapshot):
    assert render(ignoring(each_report, "GA302"), Style()) == snapshot


def test_the_summary_comes_first_then_the_table_then_the_details(every_outcome):
    text = render(every_outcome, Style())
    summary, table, details = (text.index(part) for part in ("**8 audits", "| Outcome |", "<details>"))
    assert summary < table < details


def test_failures_are_unfolded_before_what_passed(every_outcome):
    marks = re.findall(r"<summary>(\S+)", render(every_outcome, Style()))
    assert marks == ["❌", "❌", "💥", "❔", "✅"]


def test_an_incomplete_run_is_marked(interrupted):
    assert "> [!WARNING]\n> incomplete: interrupted, 4 audits not run\n" in render(interrupted, Style())


@pytest.mark.parametrize("longest", [0, 3, 7])
def test_a_fence_is_longer_than_any_inside(longest):
    text = f"a\n{'`' * longest}\nb"
    opening, *body, closing = fenced(text).rstrip("\n").split("\n")
    assert set(closing) == {"`"}
    assert len(closing) > longest
    assert opening == closing + "text"
    assert "\n".join(body) == text


@pytest.mark.parametrize(
    "text", ["@octocat", "#12", "https://e.example", "www.e.example", ":smile:", "<b>", "[a](b)", "a|b"]
)
def test_prose_makes_no_link_mention_or_tag(text):
    assert not re.search(r"@\w|#\d|:/|www\.|:s|[<>|\[\]]", re.sub(r"&#\d+;", "\0", prose(text)))


def test_code_keeps_plain_names_readable():
    assert code("src/a.py::f[wide]") == "`src/a.py::f[wide]`"


def test_twenty_thousand_audits_stay_below_the_limit_and_say_what_was_cut():
    passed = tuple(Outcome(f"src/層.py::f{i}", "src/層.py", 1, "passed", difference=1e-9) for i in range(20_000))
    failing = Outcome("src/a.py::wrong", "src/a.py", 1, "failed", findings=(Finding("GA201", "differs"),))
    text = render(Report("0", audits=(*passed, failing)), Style())
    assert len(text.encode()) < STEP_SUMMARY_LIMIT
    assert "`src/a.py::wrong`" in text
    assert "20,000 rows of the table. The other formats have it all." in text


def test_details_that_do_not_fit_are_counted():
    finding = Finding("GA006", "raised\n" + "層" * 20_000, details="層" * 20_000)
    audits = tuple(
        Outcome(f"a.py::f{i}", "a.py", 1, "error", findings=(finding,), output="層" * 10**6) for i in range(30)
    )
    text = render(Report("0", audits=audits), Style())
    shown = text.count("<details>")
    assert len(text.encode()) < STEP_SUMMARY_LIMIT
    assert 0 < shown < 30
    assert f"{30 - shown} audits' details" in text
    assert "_The first 984,000 characters are left out._" in text
    assert text.count("</details>") == shown


def test_findings_outside_audits_that_do_not_fit_are_counted():
    findings = tuple(Finding("GA001", "x" * 1500, file=f"{i}.py", line=1) for i in range(2000))
    text = render(Report("0", findings=findings), Style())
    assert len(text.encode()) < STEP_SUMMARY_LIMIT
    assert re.search(r"\d+ findings outside audits\. The other", text)


def test_hostile_strings_take_no_more_than_their_room(hostile):
    long = replace(hostile.audits[0], id="x" * 10**6, reason="`" * 10**5, notes=("y" * 10**6,), reproduce="z" * 10**6)
    assert len(render(hostile._replace(audits=(long,), incomplete="i" * 10**6), Style()).encode()) < STEP_SUMMARY_LIMIT
