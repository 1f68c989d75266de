"""The decorator gives back what it was given, and costs nobody anything."""

from __future__ import annotations

import functools
import importlib.util
import json
import subprocess
import sys

import pytest

from gradaudit import audited_backward
from gradaudit.declaration import declarations_of


def modules_after(code):
    """Names of all modules that a fresh interpreter has after running `code`."""
    printing = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    return set(json.loads(subprocess.run([sys.executable, "-c", printing], capture_output=True, check=True).stdout))


DECORATE = """
from gradaudit import audited_backward, distributions
@audited_backward(forward=lambda x: x, inputs={"x": distributions.normal("N")})
def backward(dout): return dout
"""
THIRD_PARTY = {"numpy", "typer", "click", "pebble", "junit_xml", "pathspec", "rich", "tomli"}


def test_importing_and_decorating_imports_no_third_party_package():
    assert {name.partition(".")[0] for name in modules_after(DECORATE)} & THIRD_PARTY == set()


def test_importing_the_decorator_imports_two_modules_of_ours_and_nothing_else():
    added = modules_after("from gradaudit import audited_backward") - modules_after("")
    assert added - {"__future__"} == {"gradaudit", "gradaudit.declaration"}


@pytest.mark.parametrize(
    ("words", "unwanted"),
    [
        (["--version"], {"typer", "click", "numpy", "dataclasses", "gradaudit.pipeline"}),
        (["scan", "EMPTY"], {"typer", "click", "numpy", "pebble", "multiprocessing", "subprocess", "gradaudit.runner"}),
        (["scan", "EMPTY"], {"ast", "dataclasses", "difflib", "inspect"}),
        (["scan", "EMPTY"], {"gradaudit.discovery.syntax", "gradaudit.inspection.module", "gradaudit.planning"}),
        (["scan", "EMPTY"], {f"gradaudit.records.{name}" for name in ("case", "outcome", "self_test")}),
        (["list", "EMPTY"], {"typer", "click", "numpy", "pebble", "multiprocessing", "gradaudit.runner"}),
    ],
)
def test_commands_import_no_more_than_they_need(tmp_path, words, unwanted):
    (tmp_path / "a.py").write_text("x = 1\n")
    words = ["gradaudit", *(str(tmp_path) if word == "EMPTY" else word for word in words)]
    code = f"import sys\nsys.argv = {words!r}\nfrom gradaudit.__main__ import main\n"
    code += "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()):\n    try: main()\n"
    code += "    except SystemExit: pass"
    assert modules_after(code) & unwanted == set()


# What explains a mistake, or does what has to be asked for.
NOT_FOR_A_PASS = {
    "difflib",
    "fractions",
    "gradaudit.binding.refusals",
    "gradaudit.distributions.clearance",
    "gradaudit.distributions.definite_matrices",
    "gradaudit.distributions.discrete",
    "gradaudit.distributions.orthogonal_matrices",
    "gradaudit.distributions.simplex",
    "gradaudit.drawing.repeats",
    "gradaudit.drawing.zeroed",
    "gradaudit.numerics.causes.diagnosis",
    "gradaudit.numerics.causes.size_conditions",
    "gradaudit.numerics.checks.textbook",
    "gradaudit.numerics.derivatives.slope",
    "gradaudit.numerics.problems.distortions",
    "gradaudit.runner.announcements",
    "gradaudit.runner.inputs.annotated_shapes",
    "gradaudit.runner.problems.returned_form",
    "gradaudit.runner.problems.second_order",
    "gradaudit.runner.subjects.layers",
    "gradaudit.runner.subjects.ruled",
    "gradaudit.runner.subjects.second_derivative",
    "gradaudit.runner.subjects.unchecked",
    "gradaudit.runner.subjects.value_and_gradient",
    "gradaudit.runner.verdicts.causes",
    "gradaudit.runner.verdicts.confirmation",
    "gradaudit.runner.verdicts.diagnosed",
    "gradaudit.runner.verdicts.missing_accumulation",
    "gradaudit.runner.verdicts.reruns",
    "gradaudit.runner.verdicts.self_test",
    "gradaudit.runner.verdicts.size_dependence",
    "gradaudit.runner.verdicts.variants",
}
AUDIT = """
import gradaudit.runner.worker
import numpy as np
from gradaudit import check_gradient
assert check_gradient(lambda x: np.sin(x), lambda dout, x: dout * np.SLOPE(x), {"x": "N"}).passed is RIGHT
"""


def test_an_audit_that_passes_imports_nothing_that_only_mistakes_need():
    imported = modules_after(AUDIT.replace("SLOPE", "cos").replace("RIGHT", "True"))
    assert imported & NOT_FOR_A_PASS == set()
    assert {name for name in NOT_FOR_A_PASS if importlib.util.find_spec(name) is None} == set()


def test_an_audit_that_fails_explains_itself():
    imported = modules_after(AUDIT.replace("SLOPE", "sin").replace("RIGHT", "False"))
    assert {"gradaudit.numerics.causes.diagnosis", "gradaudit.runner.verdicts.causes"} <= imported


def test_the_very_same_object_comes_back():
    def function(dout): ...

    class Layer:
        def backward(self, dout): ...

    for audited in (function, Layer, Layer().backward, len, functools.partial(function), lambda dout: dout):
        before = dict(vars(audited)) if hasattr(audited, "__dict__") else None
        assert audited_backward(forward=abs, inputs={"x": "N"})(audited) is audited
        assert audited_backward(audited) is audited
        assert before is None or dict(vars(audited)) == before


def declared_by(source, **names):
    namespace = {"audited_backward": audited_backward, **names}
    exec(compile(source, "declared.py", "exec"), namespace)
    return [(d.line, d.options.get("name")) for d in declarations_of(namespace)]


def test_what_a_module_declares_is_known_by_line():
    assert declared_by(
        "@audited_backward(forward=abs,\n  name='a')\ndef f(g): ...\n\naudit = audited_backward(name='b')(abs)"
    ) == [
        (1, "a"),
        (5, "b"),
    ]


def test_stacked_and_repeated_declarations_are_all_kept():
    assert declared_by("@audited_backward(name='outer')\n@audited_backward(name='inner')\ndef f(g): ...") == [
        (2, "inner"),
        (1, "outer"),
    ]
    assert declared_by("[audited_backward(name=n)(abs) for n in 'ab']") == [(1, "a"), (1, "b")]
    assert declared_by("class A:\n    @audited_backward(name='m')\n    def f(self, g): ...") == [(2, "m")]


FACTORY = "def f():\n    return audited_backward(name='made')(abs)\n"


def test_what_functions_declare_is_kept_where_the_module_itself_calls_them_while_it_is_imported():
    assert declared_by(FACTORY + "f()\nf()") == [(2, "made"), (2, "made")]
    assert declared_by(FACTORY + "class A:\n    g = [f() for _ in range(2)]") == [(2, "made"), (2, "made")]
    assert declared_by(FACTORY + "(lambda: f())()") == [(2, "made")]
    assert declared_by(FACTORY + "f()", __name__="__main__") == []  # a script, which may train


def test_what_functions_declare_later_is_not_kept():
    namespace = {"audited_backward": audited_backward}
    exec(compile(FACTORY, "declared.py", "exec"), namespace)
    namespace["f"]()
    assert declarations_of(namespace) == ()


def test_a_misspelt_option_names_the_nearest():
    with pytest.raises(TypeError, match="'foward'; did you mean 'forward'\\?"):
        audited_backward(foward=abs)


def test_options_go_by_keyword():
    with pytest.raises(TypeError, match="by keyword"):
        audited_backward(abs, name="a")
