"""Which hand-written backward passes count as audited, and what is made of the percentage."""

import json
import textwrap
from importlib.resources import files

import jsonschema
import pytest

from gradaudit.inspection import marks
from gradaudit.inspection.prefilter import MARKS

LAYERS = """
    import numpy as np

    def relu_forward(x): return np.maximum(x, 0)
    def relu_backward(dout, x): return dout * (x > 0)

    class Affine:
        def forward(self, x): return x
        def backward(self, dout): return dout
"""
AUDIT = "from gradaudit import audited_backward\n"


def unaudited(project, *words):
    """What a list names as not audited, and the percentage that is."""
    ended = project.run("list", *words, "--output", "json")
    report = json.loads(ended.out)
    named = [each["message"].split()[3].rstrip(":") for each in report["findings"] if each["code"] == "GA101"]
    return named, report["coverage"]["percent"]


def test_what_no_audit_names_is_listed_with_its_place(project):
    project.write(layers=LAYERS)
    findings = json.loads(project.run("list", "--output", "json").out)["findings"]
    places = [(each["code"], each["file"], each["line"]) for each in findings]
    assert places == [("GA101", "layers.py", 5), ("GA101", "layers.py", 7)]


def test_without_a_backward_pass_there_is_no_percentage_to_miss(project):
    project.write(empty="x = 1\n")
    ended = project.run("list", "--fail-under", "100")
    assert (ended.status, "coverage" in ended.out) == (0, False)


SAME_FILE = {
    "decorator": "@audited_backward(forward=f)\ndef f_backward(dout): return dout",
    "decorator without parentheses": "@audited_backward\ndef f_backward(dout): return dout",
    "call": "def f_backward(dout): return dout\naudited_backward(forward=f)(f_backward)",
    "call, assigned": "def f_backward(dout): return dout\naudit = audited_backward(forward=f)(f_backward)",
    "lambda": "def f_backward(dout): return dout\naudit = audited_backward(forward=f)(lambda dout: f_backward(dout))",
}


@pytest.mark.parametrize("audit", SAME_FILE.values(), ids=SAME_FILE)
def test_an_audit_in_the_same_file_covers_what_it_is_on_or_names(project, audit):
    project.write(ops=AUDIT + "def f(x): return x\n" + audit + "\n")
    assert unaudited(project) == ([], 100.0)


OTHER_FILE = {
    "import": ("import layers", "layers.relu_backward", "layers.Affine"),
    "import as": ("import layers as l", "l.relu_backward", "l.Affine"),
    "from": ("from layers import relu_backward, Affine", "relu_backward", "Affine"),
    "from as": ("from layers import relu_backward as b, Affine as A", "b", "A"),
    "star": ("from layers import *", "relu_backward", "Affine"),
    "assigned": (
        "import layers\nb, A = layers.relu_backward, layers.Affine\nc = layers.relu_backward",
        "c",
        "layers.Affine",
    ),
    "lambda": ("import layers", "lambda dout, x: layers.relu_backward(dout, x)", "layers.Affine.backward"),
}


@pytest.mark.parametrize(("imports", "backward", "layer"), OTHER_FILE.values(), ids=OTHER_FILE)
def test_an_audit_in_another_file_covers_what_its_names_stand_for(project, imports, backward, layer):
    project.write(layers=LAYERS, tests__audits=f"{AUDIT}{imports}\nx = audited_backward(forward=f)({backward})\n")
    assert unaudited(project) == (["Affine"], 50.0)
    project.write(tests__more=f"{AUDIT}{imports}\ny = audited_backward(inputs={{}})({layer})\n")
    assert unaudited(project) == ([], 100.0)


PACKAGES = {
    "re-exported": {"__init__.py": "from .ops import relu_backward\n"},
    "re-exported by another path": {"__init__.py": "from pkg.ops import relu_backward as relu_backward\n"},
    "re-exported as everything": {"__init__.py": "from .ops import *\n"},
    "re-exported twice": {"__init__.py": "from .api import *\n", "api.py": "from .ops import relu_backward\n"},
}


@pytest.mark.parametrize("handed_on", PACKAGES.values(), ids=PACKAGES)
def test_names_are_followed_through_files_that_hand_them_on(project, handed_on):
    project.write(pkg__ops=LAYERS, audits=f"{AUDIT}import pkg\nx = audited_backward()(pkg.relu_backward)\n")
    assert unaudited(project) == (["relu_backward", "Affine"], 0.0)
    for name, text in handed_on.items():
        (project.root / "pkg" / name).write_text(text)
    assert unaudited(project) == (["Affine"], 50.0)


def test_an_audit_of_another_thing_of_the_same_name_covers_nothing(project):
    project.write(layers=LAYERS, other="def relu_backward(dout): return dout\n")
    project.write(audits=f"{AUDIT}from other import relu_backward\nx = audited_backward()(relu_backward)\n")
    assert unaudited(project) == (["relu_backward", "Affine"], 0.0)


def test_bases_are_followed_from_file_to_file(project):
    project.write(
        base="import torch\nclass Base(torch.autograd.Function):\n    pass\n",
        ops="from base import Base\nclass F(Base):\n  def forward(c, x): return x\n  def backward(c, g): return g\n",
    )
    (finding,) = json.loads(project.run("list", "--output", "json").out)["findings"]
    assert finding["message"] == "no audit names F: a torch.autograd.Function"


def test_an_audit_of_any_part_of_a_rule_covers_it(project):
    rule = "import jax\n@jax.custom_vjp\ndef f(x): return x\ndef f_bwd(res, g): return g\nf.defvjp(f_fwd, f_bwd)\n"
    project.write(rule=rule)
    assert unaudited(project) == (["f"], 0.0)
    project.write(audits=f"{AUDIT}import rule\naudit = audited_backward(forward=rule.f)(rule.f_bwd)\n")
    assert unaudited(project) == ([], 100.0)


@pytest.mark.parametrize("command", ["scan", "list"])
def test_a_percentage_below_fail_under_ends_with_status_1(project, command):
    right = "@audited_backward(forward=square, inputs={'x': 'N'})\ndef square_backward(dout, x): return 2 * x * dout\n"
    project.write(ops=AUDIT + "def square(x): return x * x\n" + right, layers=LAYERS)
    text = "coverage: 1 of 3 hand-written backward passes is audited (33.3%)"
    enough, missed = project.run(command, "--fail-under", "33"), project.run(command, "--fail-under", "34")
    assert (enough.status, missed.status) == (0, 1)
    assert text in enough.out
    assert text in missed.out


def test_the_rule_fails_a_run_only_where_it_is_selected(project):
    project.write(layers=LAYERS)
    statuses = [
        project.run(*words).status for words in (["list"], ["list", "--select", "GA101"], ["scan", "--select", "GA1"])
    ]
    assert statuses == [0, 1, 1]


def test_the_report_keeps_to_its_schema(project):
    project.write(layers=LAYERS, audits=f"{AUDIT}import layers\nx = audited_backward()(layers.relu_backward)\n")
    schema = json.loads((files("gradaudit.reporters") / "report.schema.json").read_text("utf-8"))
    report = json.loads(project.run("list", "--output", "json").out)
    jsonschema.Draft202012Validator(schema).validate(report)
    assert report["coverage"] == {"audited": 1, "unaudited": 1, "percent": 50.0}


def test_a_notebook_names_the_cell(project):
    cells = [{"cell_type": "code", "source": line} for line in ("import numpy as np\n", textwrap.dedent(LAYERS))]
    notebook = {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    (project.root / "course.ipynb").write_text(json.dumps(notebook))
    findings = json.loads(project.run("list", "--output", "json").out)["findings"]
    assert [(each["code"], each["cell"], each["line"]) for each in findings] == [("GA101", 2, 5), ("GA101", 2, 7)]


DEFINITIONS = (
    *(b"def f_backward(g)", b"def f_bwd(res, ct)", b"def bprop(self, g)", b"def f_grad(x)", b"def f_deriv(x)"),
    *(b"def f_der(x)", b"def f_prime(x)", b"def f_hess(x)", b"def vjp(ctx, g)"),
)


def test_every_mark_contains_a_stem_and_every_stem_is_needed():
    needed = {next(stem for stem in marks.STEMS if stem in mark) for mark in (*MARKS, *DEFINITIONS)}
    assert needed == set(marks.STEMS)
