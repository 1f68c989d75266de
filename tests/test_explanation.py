"""What `gradaudit explain` prints: one rule or all, as text or as a page."""

from __future__ import annotations

import re

import pytest

from gradaudit.errors import UsageError
from gradaudit.explanation import explain
from gradaudit.rules import RULES

PAGE = explain(None, everything=True, output_format="markdown")


def outside_fences(page):
    return re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)


def test_the_table_of_a_page_links_to_every_rule_once():
    links = re.findall(r"^\| \[(GA\d+)\]\(#(\w+)\) \|", PAGE, re.MULTILINE)
    assert [code for code, _ in links] == list(RULES)
    anchors = re.findall(r'^<a id="(\w+)"></a>$', PAGE, re.MULTILINE)
    assert anchors == [anchor for _, anchor in links]
    assert len(set(anchors)) == len(RULES)


def test_a_page_has_one_title_a_heading_a_rule_and_its_sections_below():
    headings = re.findall(r"^(#+) (.+)$", outside_fences(PAGE), re.MULTILINE)
    assert [text for signs, text in headings if signs == "#"] == [f"The {len(RULES)} rules of gradaudit"]
    assert [text for signs, text in headings if signs == "##"] == [f"{r.code} {r.name}" for r in RULES.values()]
    assert {text for signs, text in headings if signs == "###"} == {
        "What it means", "Why it matters", "Wrong", "Right",
    }  # fmt: skip


def test_every_row_of_the_table_has_its_four_cells():
    rows = [line for line in outside_fences(PAGE).split("\n") if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_examples_are_in_every_format_as_they_are_in_the_catalogue(rule):
    examples = re.findall(r"^```.*?^```$", rule.text, re.MULTILINE | re.DOTALL)
    for output_format in ("text", "markdown"):
        shown = explain(rule.code, everything=False, output_format=output_format)
        assert all(example in shown for example in examples)
    assert all(example in PAGE for example in examples)


def test_a_rule_alone_is_a_page_of_its_own():
    page = explain("GA201", everything=False, output_format="markdown")
    assert re.search(r"^# GA201 wrong-gradient$", page, re.MULTILINE)
    assert re.search(r"^## Right$", page, re.MULTILINE)


def test_all_as_text_is_what_each_is_one_after_another():
    text = explain(None, everything=True, output_format="text")
    places = [text.index(explain(code, everything=False, output_format="text")) for code in RULES]
    assert places == sorted(places)


WRONG = {
    "unknown rule": (("GA2O1", False, "text"), r"GA2O1.*did you mean 'GA2"),
    "unknown format": (("GA201", False, "markdwon"), r"--output.*did you mean 'markdown'"),
    "nothing": ((None, False, "text"), r"--all"),
    "a rule and all": (("GA201", True, "text"), r"contradict"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_use_names_the_remedy(case):
    (code, everything, output_format), pattern = WRONG[case]
    with pytest.raises(UsageError, match=pattern):
        explain(code, everything=everything, output_format=output_format)


def test_the_command_line_prints_it(project):
    assert project.run("explain", "--all", "--output", "markdown").out == PAGE
    ended = project.run("explain", "GA201", "-o", "html")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.count("\n") == 1


def test_the_beginning_of_codes_explains_all_that_begin_so():
    text = explain("ga4", everything=False, output_format="text")
    assert text == "\n\n\n".join(explain(code, everything=False, output_format="text") for code in ("GA401", "GA402"))
    page = explain("GA4", everything=False, output_format="markdown")
    assert "# The 2 rules of gradaudit" not in page
    for wrong in ("GA", "GA9", ""):
        with pytest.raises(UsageError, match="is no rule"):
            explain(wrong, everything=False, output_format="text")
