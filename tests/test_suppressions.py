"""Comments that ignore findings, and those that ignore nothing."""

from __future__ import annotations

import ast
import json

import pytest

from gradaudit.suppressions import codes_of
from gradaudit.suppressions.comments import comments_in

SQUARE = """
from gradaudit import audited_backward


def square(x):
    return x * x

"""
WRONG = "4 * x * dout"
RIGHT = "2 * x * dout"


def comments(source):
    return comments_in("a.py", ast.parse(source), source)


def audit(decorator="", definition="", returned=WRONG):
    return f"""{SQUARE}
@audited_backward(forward=square, inputs={{"x": "N"}}){decorator}
def square_backward(dout, x):{definition}
    return {returned}
"""


def found(report):
    """Code, line and what it is ignored by, of all findings."""
    every = [*report["findings"], *(finding for each in report["audits"] for finding in each["findings"])]
    return sorted((each["code"], each.get("line"), each.get("ignored_by")) for each in every)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("# gradaudit: ignore", ()),
        ("#gradaudit:ignore", ()),
        ("# gradaudit: ignore - the paper's formula", ()),
        ("# gradaudit: ignore[GA101]", ("GA101",)),
        ("# gradaudit: ignore [GA201, GA3] as in the paper", ("GA201", "GA3")),
        ("# noqa: E501  # gradaudit: ignore[GA2,GA2]", ("GA2",)),
    ],
)
def test_a_comment_names_its_codes(text, codes):
    (comment,) = comments(f"x = 1  {text}\n")
    assert (comment.codes, comment.mistake) == (codes, "")


@pytest.mark.parametrize(
    "text", ["# gradaudit: ignored", "# gradaudit: ignore-all", "# gradaudit ignore", "# ignore[GA101]"]
)
def test_other_comments_are_none(text):
    assert comments(f"x = 1  {text}\n") == []


def test_a_string_that_looks_like_a_comment_is_none():
    assert comments('x = """\n# gradaudit: ignore\n"""\ny = "# gradaudit: ignore"\n') == []


@pytest.mark.parametrize(
    ("text", "mistake"), [("ignore[GA101", "not closed"), ("ignore[]", "empty"), ("ignore[ , ]", "empty")]
)
def test_brackets_may_be_wrong(text, mistake):
    (comment,) = comments(f"x = 1  # gradaudit: {text}\n")
    assert mistake in comment.mistake


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ignore GA101", "GA101"),
        ("ignore: GA101", "GA101"),
        ("ignore(GA101, ga2)", "GA101, GA2"),
        ("ignore = GA203 since it is scaled", "GA203"),
    ],
)
def test_codes_without_brackets_ignore_nothing(text, codes):
    (comment,) = comments(f"x = 1  # gradaudit: {text}\n")
    assert comment.mistake == f"the comment ignores nothing: {codes} is not in brackets"
    assert comment.remedy == f"write # gradaudit: ignore[{codes}]"
    assert codes_of([comment]) == ()


@pytest.mark.parametrize("text", ["ignore", "ignore: scaled on purpose", "ignore  # see GA203", "ignore (as in GA203)"])
def test_a_reason_behind_a_comment_for_every_rule_is_none_of_its_codes(text):
    (comment,) = comments(f"x = 1  # gradaudit: {text}\n")
    assert (comment.codes, comment.mistake) == ((), "")
    assert codes_of([comment]) == ("GA",)


@pytest.mark.parametrize(
    ("source", "span"),
    [
        ("@first\n@second(\n    1,\n)\ndef f(\n    x,  # gradaudit: ignore\n):\n    return x\n", (1, 7)),
        ("x = 1\ny = f(\n    x,\n)  # gradaudit: ignore\n", (2, 4)),
        ("class A(  # gradaudit: ignore\n    B,\n):\n    x = 1\n", (1, 3)),
        ("def f(x): return x  # gradaudit: ignore\n", (1, 1)),
        ("for x in y:  # gradaudit: ignore\n    z = x\n", (1, 1)),
        ("match x:  # gradaudit: ignore\n    case 1:\n        y = 2\n", (1, 1)),
        ("x = 1\n\n# gradaudit: ignore\n\ny = 2\n", (3, 3)),
    ],
)
def test_a_comment_is_about_its_statement_or_header(source, span):
    (comment,) = comments(source)
    assert (comment.first, comment.last) == span


def test_columns_are_those_of_the_comment_itself():
    (comment,) = comments("x = 'é'  # noqa  # gradaudit: ignore[GA101] why\n")
    assert (comment.column, comment.end_column) == (18, 44)


@pytest.mark.parametrize(
    "source",
    [
        audit(definition="  # gradaudit: ignore[GA203]"),
        audit(decorator="  # gradaudit: ignore[GA2]"),
        audit(definition="  # gradaudit: ignore"),
        f'{SQUARE}\naudited_backward(\n    forward=square, inputs={{"x": "N"}}\n)(\n    lambda dout, x: {WRONG}\n)'
        "  # gradaudit: ignore[GA203]\n",
    ],
)
def test_what_is_ignored_shows_and_fails_nothing(project, source):
    ended = project.write(a=source).scan("--extend-select", "GA101")
    assert ended.status == 0, ended.out
    ((code, _, by),) = found(ended.report)
    assert (code, by) == ("GA203", "comment")
    assert [each["outcome"] for each in ended.report["audits"]] == ["passed"]
    assert "GA203 scaled-gradient (ignored)" in ended.out


def test_another_rule_still_fails_and_the_comment_is_named_unused(project):
    ended = project.write(a=audit(definition="  # gradaudit: ignore[GA202, GA3]")).scan()
    assert ended.status == 1
    assert found(ended.report) == [("GA010", 10, None), ("GA203", None, None)]
    assert "GA202 and GA3 ignore nothing" in ended.out


def test_of_several_codes_those_that_ignore_nothing_are_named(project):
    ended = project.write(a=audit(definition="  # gradaudit: ignore[GA203, GA3]")).scan()
    assert ended.status == 1
    assert found(ended.report) == [("GA010", 10, None), ("GA203", None, "comment")]
    assert "GA3 ignores nothing" in ended.out
    assert "leave GA3 out of the comment" in " ".join(ended.out.split())


def test_on_the_decorator_of_one_audit_it_is_about_no_other(project):
    decorators = "\n".join(
        f'@audited_backward(forward=square, inputs={{"x": "N"}}, name="{name}"){comment}'
        for name, comment in (("one", "  # gradaudit: ignore[GA203]"), ("two", ""))
    )
    project.write(a=f"{SQUARE}\n{decorators}\ndef square_backward(dout, x):\n    return {WRONG}\n")
    expected = {"square_backward[one]": "passed", "square_backward[two]": "failed"}
    assert project.scan().outcomes() == expected
    for name, outcome in expected.items():  # the same where the other is not asked for
        assert project.scan(f"a.py::{name}").outcomes() == {name: outcome}


UNAUDITED = """def relu_forward(x): return x, x
def relu_backward(dout, cache):{}
    return dout


def tanh_forward(x): return x, x
@cache{}
def tanh_backward(dout, cache): return dout
"""


@pytest.mark.parametrize(
    ("on_definition", "on_decorator", "ignored"),
    [
        ("", "", (None, None)),
        ("  # gradaudit: ignore[GA101]", "", ("comment", None)),
        ("", "  # gradaudit: ignore[GA1]", (None, "comment")),
        ("  # gradaudit: ignore", "  # gradaudit: ignore", ("comment", "comment")),
    ],
)
def test_a_finding_outside_audits_is_ignored_at_its_place_alone(project, on_definition, on_decorator, ignored):
    ended = project.write(a=UNAUDITED.format(on_definition, on_decorator)).scan("--extend-select", "GA101")
    assert found(ended.report) == [("GA101", 2, ignored[0]), ("GA101", 8, ignored[1])]
    assert ended.status == (None in ignored)


@pytest.mark.parametrize(
    ("comment", "complaint"),
    [
        ("ignore[GA2O1]", "no rule's code is or starts with 'GA2O1'; did you mean"),
        ("ignore[wrong-gradient]", "did you mean 'GA201'?"),
        ("ignore[]", "the brackets are empty"),
        ("ignore[GA101", "the bracket is not closed"),
        ("ignore GA101", "GA101 is not in brackets help: write # gradaudit: ignore[GA101]"),
    ],
)
@pytest.mark.parametrize("command", ["scan", "list"])
def test_a_broken_comment_is_told_by_every_command(project, comment, complaint, command):
    project.write(a=audit(definition=f"  # gradaudit: {comment}", returned=RIGHT))
    ended = project.run(command)
    assert ended.status == 1
    assert "GA010 unused-ignore" in ended.out
    assert complaint in " ".join(ended.out.split())


@pytest.mark.parametrize("comment", ["ignore GA101", "ignore: GA203", "ignore(GA203)", "ignore[]"])
def test_a_broken_comment_lets_no_wrong_gradient_pass(project, comment):
    ended = project.write(a=audit(definition=f"  # gradaudit: {comment}")).scan()
    assert found(ended.report) == [("GA010", 10, None), ("GA203", None, None)]
    assert ended.report["summary"]["failed"] == 1


@pytest.mark.parametrize("command", ["scan", "list"])
def test_what_is_ignored_outside_audits_is_counted_and_shown_to_those_who_ask(project, command):
    pair = "\n\ndef {0}(x):\n    return x\n\n\ndef {0}_backward(dout, x):{1}\n    return dout\n"
    project.write(a=pair.format("relu", "  # gradaudit: ignore[GA101]") + pair.format("tanh", ""))
    select = ["--extend-select", "GA101"]
    ended = project.run(command, *select)
    assert "tanh_backward" in ended.out
    assert "relu_backward" not in ended.out
    assert "1 finding outside audits, 1 ignored" in ended.out
    assert "GA101 unaudited-backward (ignored): no audit names relu_backward" in project.run(command, *select, "-v").out
    project.write(a=pair.format("relu", "  # gradaudit: ignore[GA101]"))
    ended = project.run(command, *select)
    assert ended.status == 0
    assert "1 ignored finding outside audits" in ended.out


def test_what_no_rule_that_is_selected_asks_for_is_a_note_of_the_list(project):
    project.write(a="def relu(x):\n    return x\n\n\ndef relu_backward(dout, x):\n    return dout\n")
    assert "GA101 unaudited-backward (note)" in project.run("list").out
    assert "GA101 unaudited-backward (ignored)" in project.run("list", "--select", "GA2").out
    assert "GA101" not in project.run("list", "--ignore", "GA101").out


@pytest.mark.parametrize("comment", ["ignore", "ignore[GA203]", "ignore[GA2, GA301]", "ignore[GA101]"])
def test_a_comment_that_ignores_nothing_is_named(project, comment):
    ended = project.write(a=audit(definition=f"  # gradaudit: {comment}", returned=RIGHT)).scan()
    assert ended.status == 1
    (finding,) = ended.report["findings"]
    assert (finding["code"], finding["line"], finding["column"]) == ("GA010", 10, 32)
    assert finding["end_column"] == 32 + len(f"# gradaudit: {comment}")


@pytest.mark.parametrize(
    "words",
    [
        ["scan", "--ignore", "GA010"],
        ["scan", "-k", "nothing"],
        ["scan", "a.py::square_backward"],
        ["scan", "--trials", "1"],
        ["list"],
    ],
    ids=" ".join,
)
def test_what_was_not_looked_for_is_not_called_unused(project, words):
    project.write(a=audit(definition="  # gradaudit: ignore[GA203]", returned=RIGHT))
    ended = project.run(*words)
    assert ended.status == 0, ended.out


def test_an_audit_that_was_not_decided_leaves_its_comment_alone(project):
    skipped = audit(definition="  # gradaudit: ignore[GA203]", returned=RIGHT).replace('"N"}', '"N"}, skip="later"')
    broken = audit(definition="  # gradaudit: ignore[GA203]", returned="x * dout[99, 99]")
    ended = project.write(a=skipped, b=broken).scan()
    assert found(ended.report) == [("GA006", None, None)]


def test_a_rule_that_is_not_selected_is_not_missed(project):
    source = (
        "def relu_forward(x): return x, x\ndef relu_backward(dout, cache):  # gradaudit: ignore{}\n    return dout\n"
    )
    assert project.write(a=source.format("[GA101]")).run("scan").status == 0
    assert project.write(a=source.format("")).run("scan").status == 0


def test_where_no_audit_can_be_a_numeric_code_is_unused_in_every_command(project):
    project.write(a=f"{SQUARE}\nX = 1  # gradaudit: ignore[GA203]\n")
    assert {project.run(command).status for command in ("scan", "list")} == {1}


def test_an_unused_comment_is_ignored_only_where_that_is_named(project):
    project.write(a=audit(definition="  # gradaudit: ignore[GA203, GA010]", returned=RIGHT))
    ended = project.scan()
    assert ended.status == 0
    assert found(ended.report) == [("GA010", 10, "comment")]


def test_comments_count_in_notebooks(project):
    cells = [SQUARE, '@audited_backward(forward=square, inputs={"x": "N"})\n'
        f"def square_backward(dout, x):  # gradaudit: ignore[GA203]\n    return {WRONG}\n",
        "%time 1\nX = 1  # gradaudit: ignore[GA203]\n"]  # fmt: skip
    document = {"cells": [{"cell_type": "code", "source": cell} for cell in cells], "nbformat": 4, "nbformat_minor": 5}
    (project.root / "a.ipynb").write_text(json.dumps(document))
    ended = project.scan()
    assert found(ended.report) == [("GA010", 2, None), ("GA203", None, "comment")]
    assert ended.report["findings"][0]["cell"] == 3


def test_a_crash_is_ignored_too_where_a_comment_says_so(project):
    project.write(a="import os\n" + audit(definition="  # gradaudit: ignore[GA008]", returned="os._exit(dout.size)"))
    ended = project.scan()
    assert ended.status == 0
    assert found(ended.report) == [("GA008", None, "comment")]
    assert [each["outcome"] for each in ended.report["audits"]] == ["error"]


def test_a_declared_failure_that_a_comment_ignores_passes_unexpectedly(project):
    source = audit(definition="  # gradaudit: ignore[GA203]").replace('"N"}', '"N"}, xfail="known"')
    ended = project.write(a=source).scan()
    assert ended.status == 1
    assert found(ended.report) == [("GA009", None, None), ("GA203", None, "comment")]


def test_files_without_comments_are_not_tokenized(project):
    project.write(a=audit(returned=RIGHT), b="x = 1  # gradaudit: what\n")
    code = (
        "import sys\nfrom gradaudit.pipeline import list_audits\nfrom gradaudit.configuration import load\n"
        "list_audits(['.'], load('.', None, {}), '.')\n"
        "print('gradaudit.suppressions.comments' in sys.modules, 'gradaudit.baseline' in sys.modules)"
    )
    import subprocess
    import sys

    shown = subprocess.run([sys.executable, "-c", code], cwd=project.root, capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["False", "False"]
