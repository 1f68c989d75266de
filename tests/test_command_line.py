"""The command line: exit statuses, messages for wrong use, outputs, and what `list` and `explain` show."""

from __future__ import annotations

import json
import re

import pytest

import gradaudit

HEADER = "import numpy as np\nfrom gradaudit import audited_backward\n"
AUDIT = (
    "@audited_backward(forward=lambda x: x**2, inputs={{'x': 'N'}})\ndef {name}(dout, x): return {factor} * x * dout\n"
)
RIGHT = AUDIT.format(name="right", factor=2)
WRONG = AUDIT.format(name="wrong", factor=3)


@pytest.fixture
def both(project):
    return project.write(src__right=HEADER + RIGHT, src__wrong=HEADER + WRONG)


def test_version(project):
    for option in ("--version", "-V"):
        ended = project.run(option)
        assert (ended.status, ended.out) == (0, f"gradaudit {gradaudit.__version__}\n")


def test_status_zero_one_and_exit_zero(both):
    assert both.run("scan", "src/right.py").status == 0
    assert both.run("scan", "src").status == 1
    assert both.run("scan", "src", "--exit-zero").status == 0


def test_the_status_does_not_depend_on_the_format(both):
    for output in ("text", "json", "junit", "markdown", "github", "sarif"):
        assert both.run("scan", "src", "--output", output).status == 1


def test_a_format_without_anything_to_say_prints_nothing(both):
    assert both.run("scan", "src/right.py", "--output", "github").out == ""


def test_nothing_found_says_so(project):
    project.write(a="x = 1")
    ended = project.run("scan")
    assert ended.status == 0
    assert "No audits found in 1 file" in ended.out
    assert project.run("scan", "--fail-on-empty").status == 1


def test_inconclusive_ends_with_zero_unless_told(project):
    project.write(
        a=HEADER
        + "@audited_backward(forward=lambda x: np.log(-np.abs(x)), inputs={'x': 'N'})\ndef b(dout, x): return dout / x"
    )
    ended = project.run("scan")
    assert ended.status == 0
    assert "0 passed" not in ended.out
    assert "1 inconclusive" in ended.out
    assert project.run("scan", "--fail-on-inconclusive").status == 1


WRONG_USE = {
    "unknown path": (["scan", "no/such/folder"], r"no/such/folder"),
    "unknown audit": (["scan", "src/right.py::rihgt"], r"rihgt.*right"),
    "unknown option": (["scan", "--no-such-option"], r"No such option"),
    "unknown command": (["scna"], r"No such command"),
    "unknown format": (["scan", "--output", "junti=r.xml"], r"junti.*junit"),
    "two outputs to standard output": (["scan", "-o", "json", "-o", "text"], r"both go to standard output"),
    "two outputs to one file": (["scan", "-o", "json=r", "-o", "junit=./r"], r"both go to"),
    "an output that is a folder": (["scan", "-o", "json=src"], r"src is a folder"),
    "unknown mode": (["scan", "--mode", "elementwize"], r"--mode.*elementwise"),
    "negative timeout": (["scan", "--timeout", "-1"], r"--timeout"),
    "unknown code": (["scan", "--select", "GA999"], r"GA999"),
    "broken expression": (["scan", "-k", "a and ("], r"-k|expression"),
    "quiet and verbose": (["scan", "-q", "-v"], r"--quiet and --verbose contradict each other"),
    "missing configuration": (["scan", "--config", "none.toml"], r"none\.toml"),
    "unknown rule": (["explain", "GA2O1"], r"GA2O1.*GA2"),
}


@pytest.mark.parametrize("case", WRONG_USE)
def test_wrong_use_is_status_two_with_one_clear_message(both, case):
    words, pattern = WRONG_USE[case]
    ended = both.run(*words)
    assert ended.status == 2, ended
    assert re.search(pattern, ended.err, re.DOTALL), ended.err
    assert "Traceback" not in ended.err


CONFIGURATIONS = {
    "unknown key": ("[tool.gradaudit]\ntrails = 3", r"pyproject\.toml.*trails.*trials"),
    "wrong type": ("[tool.gradaudit]\ntrials = 'three'", r"pyproject\.toml.*trials.*integer"),
    "broken TOML": ("[tool.gradaudit\ntrials = 3", r"pyproject\.toml"),
}


@pytest.mark.parametrize("case", CONFIGURATIONS)
def test_a_wrong_configuration_is_status_two_and_names_file_and_key(both, case):
    text, pattern = CONFIGURATIONS[case]
    (both.root / "pyproject.toml").write_text(text)
    ended = both.run("scan")
    assert ended.status == 2
    assert re.search(pattern, ended.err, re.DOTALL), ended.err
    assert ended.out == ""


def test_the_command_line_wins_over_the_audit_and_the_audit_over_the_file(project):
    project.write(
        a=HEADER + RIGHT + RIGHT.replace("inputs=", "seed=5, trials=2, inputs=").replace("def right", "def own"),
    )
    (project.root / "gradaudit.toml").write_text("seed = 3\ntrials = 1\n")

    def seeds(*words):
        return {a["id"]: (a["seed"], a["trials"]) for a in project.scan(*words).report["audits"]}

    assert seeds() == {"a.py::right": (3, 1), "a.py::own": (5, 2)}
    assert seeds("--seed", "9", "--trials", "4") == {"a.py::right": (9, 4), "a.py::own": (9, 4)}


def test_show_settings_names_values_and_origins(project):
    (project.root / "pyproject.toml").write_text("[tool.gradaudit]\ntrials = 7\n")
    ended = project.run("scan", "--show-settings", "--seed", "3")
    assert ended.status == 0
    assert re.search(r"trials = 7 +# .*pyproject\.toml", ended.out)
    assert re.search(r"seed = 3 +# command line", ended.out)
    assert re.search(r"timeout = 60\.0 +# default", ended.out)


def test_several_reports_in_one_run_in_folders_that_are_made(both):
    ended = both.run("scan", "src", "-o", "junit=out/deep/r.xml", "-o", "markdown=out/r.md", "-o", "json=out/r.json")
    assert ended.status == 1
    assert (both.root / "out/deep/r.xml").read_text().startswith("<?xml")
    assert (both.root / "out/r.md").read_text().startswith("#")
    assert json.loads((both.root / "out/r.json").read_text())["summary"]["failed"] == 1
    assert "1 failed" in ended.out  # the terminal has its report all the same
    assert sorted(path.name for path in (both.root / "out").iterdir()) == ["deep", "r.json", "r.md"]


def test_one_report_that_can_not_be_written_does_not_lose_the_others(both):
    both.write(src__occupying=f"{AUDITED}\nopen('occupied', 'w').close()")
    ended = both.run("scan", "src", "-o", "json=occupied/r.json", "-o", "junit=r.xml")
    assert ended.status == 2
    assert "occupied/r.json" in ended.err
    assert (both.root / "r.xml").exists()


def test_json_on_standard_output_is_alone_there(both):
    assert json.loads(both.run("scan", "src", "-o", "json").out)["summary"]["audits"] == 2


def test_keyword_exclude_and_explicit_files(both):
    assert both.scan("-k", "right").outcomes() == {"right": "passed"}
    assert both.scan("-k", "not right", "src").outcomes() == {"wrong": "failed"}
    assert both.scan("--exclude", "wrong.py").outcomes() == {"right": "passed"}
    assert both.scan("--exclude", "wrong.py", "src/wrong.py").outcomes() == {"wrong": "failed"}
    assert both.scan("--exclude", "wrong.py", "--force-exclude", "src/wrong.py", "src/right.py").outcomes() == {
        "right": "passed"
    }


def test_a_named_folder_is_searched_though_the_configuration_leaves_it_out(both):
    (both.root / "gradaudit.toml").write_text('exclude = ["src"]\n')
    assert both.scan().outcomes() == {}
    assert both.scan("src").outcomes() == {"right": "passed", "wrong": "failed"}


def test_ids_are_relative_to_the_root_wherever_the_command_is_started(both):
    (both.root / "gradaudit.toml").write_text("")
    inside = type(both)(both.root / "src")
    report = json.loads(inside.run("scan", "-o", "json").out)
    assert [audit["id"] for audit in report["audits"]] == ["src/right.py::right", "src/wrong.py::wrong"]
    assert report["audits"][1]["reproduce"] == "gradaudit scan 'wrong.py::wrong' --seed 0"


def test_list_imports_nothing_and_names_every_audit(project):
    project.write(a=HEADER + RIGHT + "raise RuntimeError('imported')")
    ended = project.run("list", "-o", "json")
    assert ended.status == 0
    (audit,) = json.loads(ended.out)["audits"]
    assert (audit["id"], audit["outcome"]) == ("a.py::right", "listed")


def test_list_fails_on_what_the_source_shows_to_be_wrong(project):
    project.write(a=HEADER + "def f():\n    @audited_backward(forward=f)\n    def b(dout): ...")
    assert project.run("list").status == 1
    assert project.run("list", "--ignore", "GA002").status == 0


def test_explain_by_code_and_by_name(project):
    by_code = project.run("explain", "ga201")
    assert by_code.status == 0
    assert by_code.out.startswith("# GA201 wrong-gradient (error)")
    assert "## Right" in by_code.out
    assert project.run("explain", "wrong-gradient").out == by_code.out


def test_quiet_shows_failures_and_the_summary(both):
    out = both.run("scan", "src", "-q").out
    assert "wrong.py::wrong" in out
    assert "right.py::right" not in out
    assert "1 passed, 1 failed" in out


def test_colour_when_asked_for(both):
    assert "\x1b[" not in both.run("scan", "src").out
    assert "\x1b[" in both.run("scan", "src", "--color", "always").out
    assert "\x1b[" in both.run("scan", "src", NO_COLOR="", FORCE_COLOR="1").out


def test_no_progress_where_nobody_watches(both):
    assert both.run("scan", "src").err == ""


def test_a_terminal_that_lacks_the_signs_gets_replacements(both):
    ended = both.run("scan", "src", PYTHONIOENCODING="ascii")
    assert ended.status == 1
    assert "wrong.py::wrong" in ended.out


def test_a_reader_that_goes_away_is_no_failure_of_ours(both):
    import subprocess
    import sys

    command = f"{sys.executable} -m gradaudit scan src | head -c 1"
    ended = subprocess.run(["bash", "-c", command], cwd=both.root, capture_output=True, text=True, check=False)
    assert "Traceback" not in ended.stderr


def test_a_pipe_gets_whole_ids_unless_columns_are_asked_for(project):
    name = "a_function_with_a_long_name_backward"
    folders = "a_really_long_folder_name__another_really_long_folder_name__layers_of_the_network"
    project.write(**{folders: f"from gradaudit import audited_backward\n{name} = audited_backward(forward=abs)(abs)\n"})
    audit = f"{folders.replace('__', '/')}.py::{name}"
    assert audit in project.run("list", COLUMNS="").out
    assert audit not in project.run("list", COLUMNS="60").out


def test_marks_differ_where_the_encoding_lacks_them(project):
    project.write(
        a="""
        from gradaudit import audited_backward


        def square(x):
            return x * x


        right = audited_backward(forward=square, inputs={"x": "N"})(lambda dout, x: 2 * x * dout)
        wrong = audited_backward(forward=square, inputs={"x": "N"})(lambda dout, x: x * dout)
        """
    )
    out = project.run("scan", PYTHONIOENCODING="ascii", COLUMNS="100").out
    assert "+ passed   a.py::right" in out
    assert "X failed   a.py::wrong" in out
    assert "?" not in out


NOTHING_RUNS = "import sys\nsys.exit('it has run')\n"
AUDITED = "from gradaudit import audited_backward\nright = audited_backward(forward=abs, inputs={'x': ''})(abs)\n"


@pytest.mark.parametrize(
    ("key", "value", "place"),
    [
        ("baseline", "missing.json", "tool.gradaudit.baseline: there is no file"),
        ("write-baseline", "file/base.json", "tool.gradaudit.write-baseline: "),
        ("output", ["json=file/report.json"], "tool.gradaudit.output: "),
        ("output", ["json=r", "junit=r"], "tool.gradaudit.output: json and junit both go to"),
    ],
)
def test_what_is_wrong_with_a_key_of_the_configuration_names_the_key_before_anything_runs(project, key, value, place):
    project.write(a=AUDITED + NOTHING_RUNS)
    (project.root / "file").write_text("")
    (project.root / "pyproject.toml").write_text(f"[tool.gradaudit]\n{key} = {json.dumps(value)}\n")
    ended = project.run("scan")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"gradaudit: {project.root}/pyproject.toml: {place}")
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("command", ["scan", "list"])
def test_audits_that_an_expression_leaves_out_are_counted_and_not_called_missing(project, command):
    project.write(a=AUDITED)
    ended = project.run(command, "-k", "nothing")
    assert (ended.status, ended.out.strip()) == (0, "No audit was run; 1 deselected by -k.")
    report = json.loads(project.run(command, "-k", "nothing", "-o", "json").out)
    assert report["summary"]["deselected"] == 1
    assert project.run(command, "-k", "nothing", "--fail-on-empty").status == 1


def test_audits_of_a_loop_that_an_expression_leaves_out_are_counted(project):
    loop = "for n in 'ab':\n    audited_backward(forward=abs, inputs={'x': ''}, name=n)(abs)\n"
    out = project.write(a=AUDITED + loop).run("scan", "-k", "[b]").out
    assert "; 2 deselected by -k" in out


def test_quiet_leaves_out_what_fails_nothing_outside_audits_too(project):
    project.write(a="def relu(x):\n    return x\n\n\ndef relu_backward(dout, x):\n    return dout\n")
    assert "GA101" in project.run("list").out
    assert "GA101" not in project.run("list", "-q").out
    assert "GA101" in project.run("list", "-q", "--extend-select", "GA101").out


def test_a_word_that_is_no_choice_lists_them_once(project):
    err = project.run("scan", "--mode", "foo").err
    assert err == "gradaudit: --mode: expected one of auto, elementwise, directional, got 'foo'\n"
    assert "; did you mean 'auto'?" in project.run("scan", "--mode", "autp").err


def test_an_id_of_a_report_can_be_pasted_where_it_was_printed(project):
    project.write(src__package__layers=AUDITED)
    (project.root / "pyproject.toml").write_text("[tool.gradaudit]\n")
    below = type(project)(project.root / "src" / "package")
    identifier = "src/package/layers.py::right"
    assert below.run("list").out.startswith(identifier)
    assert below.run("list", identifier).out.startswith(identifier)
    assert below.run("list", "layers.py::right").out.startswith(identifier)
    assert below.run("list", "src/package/layers.py").status == 2  # a path is relative to where one is
    assert "src/package/none.py: no such file" in below.run("list", "src/package/none.py::right").err


def test_the_configuration_of_paths_elsewhere_is_that_of_their_project(project):
    project.write(one__src__layers=AUDITED, two__src__layers=AUDITED)
    for name, seed in (("one", 1), ("two", 2)):
        (project.root / name / "pyproject.toml").write_text(f"[tool.gradaudit]\nseed = {seed}\n")

    def settings(folder, *paths):
        return type(project)(project.root / folder).run("scan", "--show-settings", *paths).out.splitlines()

    for folder, paths in ((".", ["one/src"]), ("two", ["../one/src/layers.py::right"]), ("one/src", [])):
        lines = settings(folder, *paths)
        assert lines[0] == f"# root: {project.root}/one"
        assert f"seed = 1  # {project.root}/one/pyproject.toml" in lines
    assert project.run("list", "one/src").out.startswith("src/layers.py::right")
    nested = project.root / "one" / "src" / "pyproject.toml"
    nested.write_text("[tool.gradaudit]\nseed = 3\n")
    assert f"seed = 1  # {project.root}/one/pyproject.toml" in settings("one", "src")  # as ids, whatever is named
    assert settings(".", "one", "two")[1] == "# configuration file: none"
