"""Whatever audited code puts into names, messages and output: no format breaks, and nothing reaches a terminal raw."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gradaudit.reporters import REPORTERS, Style, render

FRAGMENTS = [
    "\x1b[31m", "\x9b1m", "\r", "\n", "\n\n", "|", "\\", "`", "```", "````\n", "<b>", "</details>", "]]>", "&", "@me",
    "::error::x", "\n::x", "##[group]", "\u202e", "\u2028", "\ud800", "\udfff", "\ufffe", "\x00", "層", "\t", "\n---\n",
    "\n# h", "<!--", "-->",
]  # fmt: skip
HOSTILE = st.lists(
    st.one_of(st.sampled_from(FRAGMENTS), st.text(st.characters(exclude_categories=()), max_size=5)), max_size=8
)
TEXTS = HOSTILE.map("".join)
XSD = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit-10.xsd")))
SCHEMA = jsonschema.Draft202012Validator(
    json.loads((files("gradaudit.reporters") / "report.schema.json").read_text("utf-8"))
)
STYLE = Style(width=60, verbosity=1)
# What a terminal obeys or hides: controls but the line's end, bidirectional marks, line separators, surrogates.
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_text_and_markdown_hold_nothing_that_a_terminal_obeys(make_hostile, text):
    for output_format in ("text", "markdown"):
        rendered = render(output_format, make_hostile(text), STYLE)
        found = OBEYED.search(rendered.replace("\t", "") if output_format == "markdown" else rendered)
        assert found is None


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_no_format_commands_a_workflow_log(make_hostile, text):
    for output_format in set(REPORTERS) - {"github"}:  # whose lines are commands, and no others: see its tests
        rendered = render(output_format, make_hostile(text), STYLE)
        assert "##[" not in rendered
        assert not re.search(r"^\s*::", rendered, re.MULTILINE)
        rendered.encode("utf-8")


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_json_stays_strict_and_keeps_what_utf8_can_hold(make_hostile, text):
    document = json.loads(render("json", make_hostile(text), STYLE))
    SCHEMA.validate(document)
    assert document["findings"][0]["message"] == text.encode("utf-8", "backslashreplace").decode()


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_xml_stays_well_formed_and_valid(make_hostile, text):
    root = etree.fromstring(render("junit", make_hostile(text), STYLE).encode())
    XSD.assertValid(root)
    cases = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert all(classname for classname, _ in cases)
    assert len(cases) == len(set(cases)) == (8 if text else 7)  # an empty reason means a whole run


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_markdown_keeps_its_tables_tags_and_fences(make_hostile, text):
    outside = list(_outside_fences(render("markdown", make_hostile(text), STYLE)))
    widths = {len(re.findall(r"(?<!\\)\|", line)) for line in outside if line.startswith("|")}
    assert widths == {6, 8}  # the table of audits has five columns, those of gradients seven
    tags = re.findall(r"<(/?\w+|!|\?)", "\n".join(_without_code_spans(line) for line in outside))
    assert set(tags) <= {"details", "/details", "summary", "/summary", "code", "/code", "br"}
    assert tags.count("details") == tags.count("/details") == 4


def _outside_fences(text: str):
    """The lines that are not in a fenced block; fails if the last fence is open."""
    fence = ""
    for line in text.split("\n"):
        opening = re.match(r" {0,3}(`{3,})", line)
        if not fence and opening:
            fence = opening[1]
        elif fence and re.fullmatch(rf" {{0,3}}`{{{len(fence)},}}\s*", line):
            fence = ""
        elif not fence:
            yield line
    assert not fence


def _without_code_spans(line: str) -> str:
    assert line.count("`") % 2 == 0
    return re.sub(r"`[^`]*`", "", line)
