"""Which rules count, and where."""

from __future__ import annotations

import pytest

from gradaudit.configuration import Settings, load, show
from gradaudit.errors import UsageError
from gradaudit.planning import plan, selection_in
from gradaudit.records.case import Target
from gradaudit.records.finding import Finding
from gradaudit.records.selection import Selection
from gradaudit.rules import RULES, fails, is_selected, judged
from gradaudit.transport import from_plain, to_plain

WRONG = """
from gradaudit import audited_backward


def square(x):
    return x * x


@audited_backward(forward=square, inputs={"x": "N"})
def square_backward(dout, x):
    return 4 * x * dout
"""
UNAUDITED = "\n\ndef tanh_forward(x): return x, x\ndef tanh_backward(dout, cache): return dout\n"


@pytest.mark.parametrize(
    ("code", "selection", "counts"),
    [
        ("GA101", Selection(), False),
        ("GA201", Selection(), True),
        ("GA101", Selection(extend_select=("GA101",)), True),
        ("GA201", Selection(extend_select=("GA101",)), True),
        ("GA201", Selection(select=("GA3",), extend_select=("GA101",)), False),
        ("GA101", Selection(select=("GA3",), extend_select=("GA1",)), True),
        ("GA101", Selection(extend_select=("GA1",), ignore=("GA101",)), False),
        ("GA101", Selection(extend_select=("GA101",), ignore=("GA1",)), True),
        ("GA101", Selection(extend_select=("GA101",), ignore=("GA101",)), False),
        ("GA201", Selection(select=("GA201",), in_file=("GA2",)), False),
        ("GA301", Selection(select=("GA",), in_file=("GA2",)), True),
    ],
)
def test_the_longest_prefix_decides_and_a_file_over_all(code, selection, counts):
    assert is_selected(code, selection) is counts


def test_a_finding_knows_what_it_is_ignored_by():
    finding = Finding("GA201", "wrong")
    assert fails(judged(finding, Selection()))
    for selection, by in (
        (Selection(ignore=("GA2",)), "selection"),
        (Selection(in_comments=("GA2",)), "comment"),
        (Selection(ignore=("GA2",), in_comments=("GA2",)), "selection"),
        (Selection(select=("GA3",), in_comments=("GA2",)), "unselected"),
    ):
        assert judged(finding, selection).ignored == by
        assert not fails(judged(finding, selection))
    assert judged(judged(finding, Selection(ignore=("GA2",))), Selection()) == finding


@pytest.mark.parametrize(
    ("pattern", "file", "is_meant"),
    [
        ("tests/*", "tests/layers.py", True),
        ("tests/*", "tests/inner/layers.py", True),
        ("tests/*", "src/tests/layers.py", False),
        ("tests", "src/tests/layers.py", True),
        ("**/tests/**", "src/tests/layers.py", True),
        ("*_generated.py", "src/ops_generated.py", True),
        ("src/layers.py", "src/layers.py", True),
        ("layers.py", "src/layers.pyx", False),
        ("!src/*", "tests/layers.py", True),
        ("!src/*", "src/layers.py", False),
        ("course.ipynb", "lectures/course.ipynb", True),
    ],
)
def test_patterns_mean_files_as_in_gitignore_and_an_exclamation_mark_all_others(pattern, file, is_meant):
    settings = Settings(per_file_ignores=((pattern, ("GA2", "GA101")),))
    assert selection_in(file, settings).in_file == (("GA2", "GA101") if is_meant else ())


def test_a_case_carries_the_selection_of_its_place_to_the_worker():
    target = Target("tests/a.py", 1, 1, 2, "f")
    settings = Settings(select=("GA2",), ignore=("GA202",), per_file_ignores=(("tests/*", ("GA203",)),))
    (case,) = plan([target], settings, in_comments={target: ("GA204",)})
    assert case.selection == Selection(("GA2",), (), ("GA202",), ("GA203",), ("GA204",))
    assert from_plain(Selection, to_plain(case.selection)) == case.selection


def test_the_table_and_the_command_line_say_the_same(tmp_path):
    (tmp_path / "gradaudit.toml").write_text('[per-file-ignores]\n"tests/*" = ["GA101", "GA3"]\n"a.py" = []\n')
    from_file = load(str(tmp_path), None, {}).per_file_ignores
    assert from_file == (("tests/*", ("GA101", "GA3")), ("a.py", ()))
    (tmp_path / "gradaudit.toml").write_text('per-file-ignores = ["tests/*:GA101,tests/*:GA3"]\n')
    assert load(str(tmp_path), None, {}).per_file_ignores == (from_file[0],)
    given = load(str(tmp_path), None, {"per_file_ignores": ["tests/*:GA101", " b.py : GA2 "]})
    assert given.per_file_ignores == (("tests/*", ("GA101",)), ("b.py", ("GA2",)))


def test_what_is_shown_is_read_again(tmp_path):
    settings = load(str(tmp_path), None, {"per_file_ignores": ['a"b/*:GA101', "c.py:GA2"], "extend_select": ["GA101"]})
    (tmp_path / "again.toml").write_text(show(settings))
    again = load(str(tmp_path), "again.toml", {})
    assert again.per_file_ignores == settings.per_file_ignores == (('a"b/*', ("GA101",)), ("c.py", ("GA2",)))
    assert again.extend_select == ("GA101",)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("per-file-ignores = 3", "expected a table of patterns of files and lists of codes"),
        ('per-file-ignores = {"a.py" = "GA1"}', r"'a\.py': expected a list of rule codes"),
        ('per-file-ignores = {"a.py" = ["GA9"]}', r"'a\.py': no rule's code is or starts with 'GA9'"),
        ('per-file-ignores = {"a.py" = ["wrong-gradient"]}', "did you mean 'GA201'"),
        ('per-file-ignores = {"" = ["GA1"]}', "'' is no pattern of files"),
        ('per-file-ignores = {"!" = ["GA1"]}', "'!' is no pattern of files"),
        ('per-file-ignores = {"[b-a].py" = ["GA1"]}', r"is no pattern as in \.gitignore"),
        ('per-file-ignores = ["a.py"]', "expected PATTERN:CODE, such as 'tests/.:GA101', got 'a.py'"),
        ('per-file-ignores = ["a.py:"]', "expected PATTERN:CODE"),
        ('extend-select = "GA101"', "extend-select: expected a list of rule codes"),
        ('extend-select = ["GA7"]', "extend-select: no rule's code is or starts with 'GA7'"),
    ],
)
def test_a_mistake_names_file_key_and_remedy(tmp_path, text, complaint):
    (tmp_path / "gradaudit.toml").write_text(text)
    with pytest.raises(UsageError, match=rf"gradaudit\.toml: [a-z-]+: .*{complaint}|gradaudit\.toml: {complaint}"):
        load(str(tmp_path), None, {})


def test_a_mistake_on_the_command_line_names_the_option(project):
    ended = project.run("scan", "--per-file-ignores", "a.py")
    assert ended.status == 2
    assert "--per-file-ignores: expected PATTERN:CODE" in ended.err


def test_in_a_file_that_ignores_it_a_wrong_gradient_passes_and_shows(project):
    (project.root / "gradaudit.toml").write_text('[per-file-ignores]\n"tests/*" = ["GA2"]\n')
    ended = project.write(tests__a=WRONG, b=WRONG).scan()
    assert ended.status == 1
    assert [(each["file"], each["outcome"]) for each in ended.report["audits"]] == [
        ("b.py", "failed"),
        ("tests/a.py", "passed"),
    ]
    assert project.scan("tests").status == 0
    (finding,) = project.scan("tests").report["audits"][0]["findings"]
    assert finding["ignored_by"] == "selection"


@pytest.mark.parametrize("command", ["scan", "list"])
def test_extend_select_turns_a_rule_on_beside_the_others(project, command):
    project.write(a=UNAUDITED)
    assert project.run(command).status == 0
    assert project.run(command, "--extend-select", "GA101").status == 1
    assert project.run(command, "--extend-select", "GA101", "--per-file-ignores", "a.py:GA1").status == 0


def test_every_format_and_the_status_agree(project):
    project.write(a=WRONG + UNAUDITED)
    words = [
        "--select",
        "GA1",
        "--per-file-ignores",
        "a.py:GA1",
        "-o",
        "junit=junit.xml",
        "-o",
        "markdown=report.md",
        "-v",
    ]
    ended = project.scan(*words)
    assert ended.status == 0
    assert ended.outcomes() == {"square_backward": "passed"}
    assert "GA203 scaled-gradient (ignored)" in ended.out
    assert "GA101 unaudited-backward (ignored)" in ended.out
    assert "<failure" not in (project.root / "junit.xml").read_text()
    assert "<error" not in (project.root / "junit.xml").read_text()
    assert "1 ignored finding outside audits" in (project.root / "report.md").read_text()


def test_every_rule_but_one_is_selected_by_default():
    assert [code for code in RULES if not is_selected(code)] == ["GA101"]


def test_a_wrong_gradient_that_is_ignored_is_counted_and_named_apart_from_those_that_pass(project):
    project.write(
        a="""
        from gradaudit import audited_backward


        def square(x):
            return x * x


        @audited_backward(forward=square, inputs={"x": "N"})
        def half(dout, x):
            return x * dout


        @audited_backward(forward=square, inputs={"x": "N"})
        def right(dout, x):
            return 2 * x * dout
        """
    )
    outputs = ["--output", "junit=junit.xml", "--output", "markdown=report.md"]
    ended = project.scan("--ignore", "GA2", *outputs)
    assert ended.status == 0
    assert "~ ignored  a.py::half" in ended.out
    assert "a.py:10: ignored, directional" in ended.out
    assert "2 audits in 1 file: 1 passed, 1 ignored" in ended.out
    assert ended.outcomes() == {"half": "passed", "right": "passed"}
    assert [each.get("ignored") for each in ended.report["audits"]] == [True, None]
    assert (ended.report["summary"]["passed"], ended.report["summary"]["ignored"]) == (2, 1)
    assert (
        '<skipped type="skipped" message="ignored: the gradient of x is 1/2' in (project.root / "junit.xml").read_text()
    )
    assert "| ☑️ ignored | `a.py::half` |" in (project.root / "report.md").read_text()
    right = project.scan("--ignore", "GA2", "-k", "right")
    assert "ignored" not in right.out
