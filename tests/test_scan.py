"""A whole scan: every calling convention, every way to be wrong, and what each audit is told."""

from __future__ import annotations

import re
import shutil
import statistics
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parent / "samples"

UNUSUAL = {
    "nondeterministic": ("failed", ["GA302"]),
    "skipped": ("skipped", []),
    "known": ("xfailed", ["GA201"]),
    "no_longer_wrong": ("failed", ["GA009"]),
    "missing": ("failed", ["GA206"]),
    "unsummed": ("failed", ["GA207"]),
    "infinite": ("failed", ["GA211"]),
    "zero": ("failed", ["GA206"]),
    "never_finite": ("inconclusive", ["GA402"]),
}

WRONG = {
    "cache_wrong": "GA203",
    "arguments_wrong": "GA202",
    "output_wrong": "GA201",
    "two_outputs_wrong": "GA209",
    "nested_wrong": "GA203",
    "jacobian_wrong": "GA201",
    "elementwise_wrong": "GA203",
    "value_and_gradient_wrong": "GA203",
    "pullback_wrong": "GA202",
    "LayerWrong": "GA203",
}


@pytest.fixture(scope="module")
def conventions(shared_project):
    shutil.copy(SAMPLES / "conventions" / "conventions.py", shared_project.root)
    return shared_project.scan()


def test_every_right_gradient_passes_and_every_wrong_one_fails(conventions):
    outcomes = {name: outcome for name, outcome in conventions.outcomes().items() if name not in UNUSUAL}
    assert len(outcomes) >= 30
    for name, outcome in outcomes.items():
        assert outcome == ("failed" if "wrong" in name.lower() else "passed"), name
        assert conventions.codes(name) == ([WRONG[name]] if outcome == "failed" else []), name


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_outcomes_have_their_findings(conventions, name):
    outcome, codes = UNUSUAL[name]
    assert conventions.audit(name)["outcome"] == outcome
    assert conventions.codes(name) == codes


def test_status_is_one(conventions):
    assert conventions.status == 1


def test_only_the_wrong_gradient_is_named(conventions):
    failed = {
        gradient["name"]
        for gradient in conventions.audit("nested_wrong")["gradients"]
        if gradient["outcome"] == "failed"
    }
    assert failed == {"parameters.W"}


def test_the_worst_element_has_both_values(conventions):
    (gradient,) = [g for g in conventions.audit("arguments_wrong")["gradients"] if g["name"] == "w"]
    assert gradient["worst"]["analytic"] == pytest.approx(-gradient["worst"]["numeric"], rel=1e-6)
    assert gradient["difference"] == pytest.approx(1.0)


def test_the_numeric_value_stands_beside_one_that_is_not_finite(conventions):
    (gradient,) = [g for g in conventions.audit("infinite")["gradients"] if g["name"] == "x"]
    assert gradient["worst"]["analytic"] in {"Infinity", "-Infinity"}
    assert isinstance(gradient["worst"]["numeric"], float)


def test_a_right_gradient_takes_at_most_six_forwards_a_trial(conventions):
    forwards = [
        audit["evaluations"]["forward"] / audit["trials"]
        for audit in conventions.report["audits"]
        if audit["outcome"] == "passed"
    ]
    assert statistics.median(forwards) <= 6
    # The probe, the fresh one before the backward, and one on each side; in one trial of three, four for the contract.
    assert min(forwards) == (3 * 4 + 4) / 3


def test_a_passing_audit_says_what_it_would_have_seen(conventions):
    detects = [a["detects"] for a in conventions.report["audits"] if a["outcome"] == "passed"]
    assert all(0 < value < 1e-3 for value in detects)


def test_an_audit_alone_draws_what_it_draws_among_others(conventions, shared_project):
    name = "conventions.py::cache_wrong"
    alone = shared_project.scan(name)
    again = shared_project.scan("--jobs", "1", name)
    among = conventions.audit("cache_wrong")["gradients"]
    assert alone.audit("cache_wrong")["gradients"] == among == again.audit("cache_wrong")["gradients"]


def test_the_reproduce_line_reproduces(conventions, shared_project):
    import shlex

    audit = conventions.audit("nested_wrong")
    words = shlex.split(audit["reproduce"])
    assert words[:2] == ["gradaudit", "scan"]
    assert shared_project.scan(*words[2:]).audit("nested_wrong")["gradients"] == audit["gradients"]


def test_another_seed_draws_other_inputs(conventions, shared_project):
    other = shared_project.scan("--seed", "1", "conventions.py::cache_wrong")
    assert other.audit("cache_wrong")["gradients"] != conventions.audit("cache_wrong")["gradients"]
    assert other.audit("cache_wrong")["seed"] == 1


def test_audits_in_a_loop_are_selected_by_their_label(shared_project, conventions):
    del conventions
    assert shared_project.scan("conventions.py::loop[power 3]").outcomes() == {"loop[power 3]": "passed"}
    assert shared_project.scan("conventions.py::loop").outcomes() == {
        "loop[power 2]": "passed",
        "loop[power 3]": "passed",
    }
    assert shared_project.scan("-k", "power and 2").outcomes() == {"loop[power 2]": "passed"}


def test_the_textbook_mode_agrees(shared_project, conventions):
    elementwise = shared_project.scan("--mode", "elementwise")
    assert elementwise.outcomes() == conventions.outcomes()
    assert elementwise.audit("cache_right")["mode"] == "elementwise"
    # Two forwards an element: far more than a direction takes.
    assert elementwise.audit("cache_right")["evaluations"]["forward"] > 100


HEADER = "import numpy as np\nfrom gradaudit import audited_backward, distributions\n"

MISTAKES = {
    "forward is no function": (
        "@audited_backward(forward=3, inputs={'x': 'N'})\ndef b(dout, x): return dout",
        "GA003",
        r"the forward is an int, which can't be called",
    ),
    "forward names nothing": (
        "@audited_backward(forward='forwrad', inputs={'x': 'N'})\ndef b(dout, x): return dout",
        "GA003",
        r"forward='forwrad' names nothing",
    ),
    "no inputs": (
        "@audited_backward(forward=lambda x: x)\ndef b(dout, x): return dout",
        "GA004",
        r"inputs= is missing.*write inputs=\{\"x\": \"N\"\}",
    ),
    "an input that nobody takes": (
        "@audited_backward(forward=lambda data: data, inputs={'data': 'N', 'dat': 'N'})\ndef b(dout): return dout",
        "GA004",
        r"inputs has 'dat'.*did you mean 'data'\?",
    ),
    "unbound argument of the forward": (
        "@audited_backward(forward=lambda x, w: x, inputs={'x': 'N'})\ndef b(dout): return dout",
        "GA004",
        r"not bound: w.*\"w\": \"N\"",
    ),
    "two upstream gradients for one output": (
        "@audited_backward(forward=lambda x: x, inputs={'x': 'N'})\ndef b(dout, scale): return dout",
        "GA004",
        r"one output.*not bound: dout, scale.*bind=",
    ),
    "an upstream name among the inputs": (
        "@audited_backward(forward=lambda g: g, inputs={'g': 'N'})\ndef b(g): return g",
        "GA004",
        r"called like an upstream gradient.*bind=\{\"g\": \"upstream\"\}",
    ),
    "outputs left open": (
        "@audited_backward(forward=lambda x: (x, x), inputs={'x': 'N'})\ndef b(dout): return dout",
        "GA004",
        r"tuple of 2.*outputs=1",
    ),
    "no cache returned": (
        "@audited_backward(forward=lambda x: x, inputs={'x': 'N'})\ndef b(dout, cache): return dout",
        "GA004",
        r"returns no tuple",
    ),
    "unmatched gradients": (
        "@audited_backward(forward=lambda x, y: x * y, inputs={'x': 'N', 'y': 'N'})\ndef b(dout): return dout",
        "GA004",
        r"can't be matched to the gradients of x, y: it is array of shape",
    ),
    "form left open": (
        "@audited_backward(forward=lambda x: x @ x.T, inputs={'x': 'N D'})\ndef b(x): return 2 * x",
        "GA004",
        r"shapes leave open.*returns=\"jacobian\"",
    ),
    "wrt names nothing": (
        "@audited_backward(forward=lambda data: data, inputs={'data': 'N'}, wrt='dta')\ndef b(dout): return dout",
        "GA004",
        r"'dta'.*did you mean 'data'\?",
    ),
    "wrt is not floating": (
        "@audited_backward(forward=lambda i: i * 1.0, inputs={'i': distributions.integers('N', high=5)}, wrt='i')\n"
        "def b(dout): return dout",
        "GA004",
        r"not floating",
    ),
    "sizes name nothing": (
        "@audited_backward(forward=lambda x: x, inputs={'x': 'N'}, sizes={'M': 3})\ndef b(dout): return dout",
        "GA004",
        r"sizes",
    ),
    "integer output": (
        "@audited_backward(forward=lambda x: np.arange(3), inputs={'x': 'N'})\ndef b(dout): return dout",
        "GA004",
        r"only floating outputs have a gradient",
    ),
    "complex output": (
        "@audited_backward(forward=lambda x: x * 1j, inputs={'x': 'N'})\ndef b(dout): return dout",
        "GA004",
        r"complex.*not supported yet",
    ),
    "unknown framework": (
        "@audited_backward(forward=lambda x: x, inputs={'x': 'N'}, framework='abacus')\ndef b(dout): return dout",
        "GA004",
        r"framework='abacus' is not known.*known are .*numpy",
    ),
    "unknown dtype": (
        "@audited_backward(forward=lambda x: x, inputs={'x': 'N'}, dtype='int8')\ndef b(dout): return dout",
        "GA004",
        r"dtype='int8'",
    ),
    "timeout computed": (
        "@audited_backward(forward=lambda x: x, inputs={'x': 'N'}, timeout=2 * 3)\ndef b(dout): return dout",
        "GA004",
        r"write timeout=6",
    ),
    "the forward raises": (
        "def f(x): raise ValueError('bad ' + str(x.shape))\n"
        "@audited_backward(forward=f, inputs={'x': '2 3'})\ndef b(dout): return dout",
        "GA006",
        r"forward raised ValueError: bad \(2, 3\); inputs: x \(2, 3\)",
    ),
    "the backward exits": (
        "@audited_backward(forward=lambda x: x, inputs={'x': 'N'})\ndef b(dout): raise SystemExit(0)",
        "GA006",
        r"backward raised SystemExit",
    ),
    "out of memory": (
        "@audited_backward(forward=lambda x: x, inputs={'x': 'N'})\ndef b(dout): raise MemoryError",
        "GA006",
        r"backward raised MemoryError",
    ),
    "a layer that can't be built": (
        "@audited_backward(inputs={'x': 'N'})\nclass L:\n"
        "    def __init__(self, size): ...\n    def forward(self, x): return x\n    def backward(self, g): return g",
        "GA004",
        r"can't be built without size.*make=lambda rng: L\(\.\.\.\)",
    ),
    "a parameter that a layer lacks": (
        "@audited_backward(inputs={'x': 'N'}, parameters={'W': 'dW'})\nclass L:\n"
        "    def forward(self, x): return x\n    def backward(self, dout): return dout",
        "GA004",
        r"'W', which is no floating array of L",
    ),
    "nested in a function": (
        "def outer():\n    @audited_backward(forward=lambda x: x, inputs={'x': 'N'})\n    def b(dout): return dout",
        "GA002",
        r"inside the function outer",
    ),
    "under a false condition": (
        "if not np:\n    @audited_backward(forward=lambda x: x, inputs={'x': 'N'})\n    def b(dout): return dout",
        "GA002",
        r"did not declare an audit",
    ),
}


@pytest.fixture(scope="module")
def mistakes(make_project):
    project = make_project()
    project.write(**{f"m{number}": HEADER + source for number, (source, _, _) in enumerate(MISTAKES.values())})
    return project.scan()


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_gets_its_code_and_a_message_with_the_remedy(mistakes, mistake):
    _, code, pattern = MISTAKES[mistake]
    file = f"m{list(MISTAKES).index(mistake)}.py"
    (audit,) = [audit for audit in mistakes.report["audits"] if audit["file"] == file]
    assert audit["outcome"] == "error"
    (finding,) = audit["findings"]
    assert finding["code"] == code
    assert re.search(pattern, finding["message"] + " " + finding.get("help", ""), re.DOTALL), finding
    assert "gradaudit/runner" not in finding.get("details", "")


def test_the_traceback_of_audited_code_has_its_own_frames_alone(mistakes):
    file = f"m{list(MISTAKES).index('the forward raises')}.py"
    (audit,) = [audit for audit in mistakes.report["audits"] if audit["file"] == file]
    details = audit["findings"][0]["details"]
    assert f'{file}", line 3, in f' in details
    assert "gradaudit" not in details.replace(file, "")


def test_files_that_can_not_be_read_or_imported_do_not_stop_the_others(project):
    right = HEADER + "@audited_backward(forward=lambda x: x, inputs={'x': 'N'})\ndef b(dout): return dout * 1"
    project.write(
        broken=HEADER + "def (:",
        failing=right + "\nraise RuntimeError('on import')",
        lacking="import package_that_is_not_there\n" + right,
        right=right,
    )
    ended = project.scan()
    assert ended.status == 1
    assert {a["file"]: [f["code"] for f in a["findings"]] for a in ended.report["audits"]} == {
        "failing.py": ["GA005"],
        "lacking.py": ["GA005"],
        "right.py": [],
    }
    (syntax,) = ended.report["findings"]
    assert (syntax["code"], syntax["file"], syntax["line"]) == ("GA001", "broken.py", 3)
    lacking = next(a for a in ended.report["audits"] if a["file"] == "lacking.py")["findings"][0]
    assert "install package_that_is_not_there" in lacking["help"]


def test_a_file_that_can_not_be_imported_says_why_once(project):
    right = "@audited_backward(forward=lambda x: x, inputs={'x': 'N'})\ndef b(dout): return dout\n"
    project.write(a=HEADER + 3 * right + "raise RuntimeError('on import')")
    ended = project.scan(COLUMNS="500")  # no line is wrapped
    assert [audit["outcome"] for audit in ended.report["audits"]] == ["error"] * 3
    assert ended.out.count("RuntimeError: on import") == 2  # the message, and the end of the traceback
    assert ended.out.count("as for a.py::b") == 2
    assert "pythonpath" not in ended.out


SINGLE = (
    HEADER
    + """
seen = []

def f(x):
    print(x.dtype)
    return x * x

@audited_backward(forward=f, inputs={'x': 'N'}, dtype='float32')
def b(dout, x):
    return 2 * x * dout + (1.0 if x.dtype == np.float32 else 0.0)
"""
)


def test_float32_is_checked_in_float64_unless_told_otherwise(project):
    project.write(a=SINGLE)
    both = project.scan()
    assert both.outcomes() == {"b": "failed"}
    assert both.codes("b") == ["GA307"]
    assert both.audit("b")["difference"] < 1e-9
    single = project.scan("--no-upcast")
    assert single.outcomes() == {"b": "failed"}
    assert single.codes("b")[0].startswith("GA2")
    assert single.audit("b")["dtype"] == "float32"
    assert "float32" in single.audit("b")["output"]


def test_a_right_float32_gradient_passes_in_float32(project):
    project.write(a=SINGLE.replace(" + (1.0 if x.dtype == np.float32 else 0.0)", ""))
    assert project.scan("--no-upcast", "--trials", "10").outcomes() == {"b": "passed"}


def test_the_course_formula_to_the_letter(project):
    project.write(
        a=HEADER
        + "@audited_backward(forward=lambda x, theta: x * theta, inputs={'x': '', 'theta': ''}, wrt='theta',\n"
        + "    mode='elementwise', epsilon=1e-7)\ndef b(x): return x"
    )
    audit = project.scan().audit("b")
    assert audit["outcome"] == "passed"
    assert 0 < audit["difference"] < 1e-7
    assert audit["grade"] == "great"


def test_ignored_findings_do_not_fail_and_are_shown(project):
    project.write(a=HEADER + "@audited_backward(forward=lambda x: x, inputs={'x': 'N'})\ndef b(dout): return 2 * dout")
    assert project.scan().status == 1
    ignored = project.scan("--ignore", "GA2")
    assert ignored.status == 0
    assert ignored.codes("b") == ["GA203"]
    assert "GA203" in ignored.out
