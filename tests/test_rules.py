"""Every rule has its text, and its own examples show what the text says."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import gradaudit.rules
from gradaudit.rules import RULES, STATIC

SECTIONS = ("What it means", "Why it matters", "Wrong", "Right")
FOLDER = Path(gradaudit.rules.__file__).parent


def sections(rule):
    """Title -> text of the rule's sections, in their order."""
    parts = re.split(r"^## (.+)\n", rule.text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def examples(rule, section, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", sections(rule)[section], re.MULTILINE | re.DOTALL)


def module_name(rule):
    return rule.name.replace("-", "_")


def python_examples(section):
    return {code: found[0] for code, rule in RULES.items() if (found := examples(rule, section, "python"))}


def test_each_row_has_its_file_and_each_file_its_row():
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert files == {module_name(rule) for rule in RULES.values()}


def test_codes_are_well_formed_and_in_order():
    assert all(re.fullmatch(r"GA[0-4]\d\d", code) for code in RULES)
    assert list(RULES) == sorted(RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_text_starts_with_one_sentence_and_has_every_section(rule):
    summary = rule.text.partition("\n")[0]
    assert summary.endswith(".")
    assert len(summary) <= 120
    assert tuple(sections(rule)) == SECTIONS
    assert all(text.strip() for text in sections(rule).values())


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_wrong_and_right_both_show_an_example(rule):
    assert re.search(r"^```(python|text)\n", sections(rule)["Wrong"], re.MULTILINE)
    assert re.search(r"^```(python|sh)\n", sections(rule)["Right"], re.MULTILINE)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_only_the_example_of_a_syntax_error_cannot_be_parsed(rule):
    for section in ("Wrong", "Right"):
        for example in examples(rule, section, "python"):
            ast.parse(example)
        for example in examples(rule, section, "text"):
            assert rule.code == "GA001"
            with pytest.raises(SyntaxError):
                ast.parse(example)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_is_its_text_and_nothing_else(rule):
    module = importlib.import_module(f"gradaudit.rules.{module_name(rule)}")
    # pytest itself adds names with an @ to what it rewrites, and a package with a plugin is rewritten whole.
    assert {name for name in vars(module) if not name.startswith(("__", "@"))} == set()


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    """The JSON report of a scan of all examples, each in a file of its own."""
    folder = tmp_path_factory.mktemp("examples_of_rules")
    (folder / "gradaudit.toml").touch()  # the root, wherever the temporary folder lies
    wrong = {**python_examples("Wrong"), "GA001": examples(RULES["GA001"], "Wrong", "text")[0]}
    for side, sources in (("wrong", wrong), ("right", python_examples("Right"))):
        for code, source in sources.items():
            (folder / f"{side}_{code}.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "gradaudit", "scan", ".", "--select=GA", "--output=json=report.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert (folder / "report.json").exists(), done.stdout + done.stderr
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


def codes_found(report, file):
    findings = [finding for finding in report["findings"] if finding["file"] == file]
    findings += [finding for audit in report["audits"] if audit["file"] == file for finding in audit["findings"]]
    return {finding["code"] for finding in findings}


# The mistake of a check that the source shows too.
SHOWN_BY_SOURCE = {"GA214": "GA107", "GA301": "GA104", "GA302": "GA106"}


@pytest.mark.parametrize("code", RULES)
def test_the_wrong_example_is_found_by_its_rule_and_by_no_other(scanned, code):
    found = codes_found(scanned, f"wrong_{code}.py")
    if code in STATIC and code != "GA101":
        found.discard("GA101")  # what the source alone shows to be wrong needs no audit
    assert found - {SHOWN_BY_SOURCE.get(code)} == {code}


@pytest.mark.parametrize("code", python_examples("Right"))
def test_the_right_example_passes(scanned, code):
    outcomes = {audit["outcome"] for audit in scanned["audits"] if audit["file"] == f"right_{code}.py"}
    assert outcomes == {"passed"}
    assert codes_found(scanned, f"right_{code}.py") == set()
