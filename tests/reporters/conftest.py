"""Reports made by hand: one with every outcome, one of nothing but hostile strings, and the corner cases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gradaudit.records.finding import Finding, Ignorer
from gradaudit.records.outcome import Evaluations, GradientOutcome, Outcome, WorstElement
from gradaudit.records.report import BaselineUse, Changes, Known, Report
from gradaudit.records.self_test import MissedDistortion, SelfTest, SmallDistortion

NAN, INFINITY = float("nan"), float("inf")
NETWORK = "examples/course/network.py"
LAYERS = "examples/cs231n/layers.py"


def _passed() -> Outcome:
    return Outcome(
        id=f"{LAYERS}::affine_backward",
        file=LAYERS,
        line=31,
        verdict="passed",
        trials=3,
        mode="directional",
        duration_s=0.0213,
        difference=3.14e-11,
        grade="great",
        detects=3.1e-9,
        evaluations=Evaluations(12, 5),
        gradients=(
            GradientOutcome("x", (3, 4), "passed", 2.2e-12, 1e-12, "great", WorstElement((0, 1), 0.25, 0.25)),
            GradientOutcome("w", (4, 5), "passed", 3.14e-11, 1e-11, "great", WorstElement((3, 0), 1.0, 1.0 + 1e-11)),
        ),
        reproduce=f"gradaudit scan '{LAYERS}::affine_backward' --seed 0",
    )


def _warned() -> Outcome:
    return replace(
        _passed(),
        id=f"{LAYERS}::softmax_loss[labels]",
        line=88,
        difference=8e-10,
        gradients=(GradientOutcome("scores", (5, 3), "passed", 8e-10, 1e-11, "great"),),
        findings=(
            Finding("GA401", "one of 3 trials lay on a kink and was drawn again", gradient="scores"),
            Finding("GA302", "two forwards at one point differ by 1e-3", help="take a generator: def forward(x, rng)"),
        ),
        notes=("scores was compared along the tangents of the simplex only",),
    )


def _failed() -> Outcome:
    return Outcome(
        id=f"{NETWORK}::backward_propagation_n",
        file=NETWORK,
        line=63,
        verdict="failed",
        trials=3,
        mode="elementwise",
        duration_s=0.08,
        difference=0.6,
        grade="wrong",
        detects=2.5e-8,
        evaluations=Evaluations(240, 3),
        gradients=(
            GradientOutcome("parameters.W1", (5, 4), "passed", 4.1e-9, 1e-10, "great"),
            GradientOutcome(
                "parameters.b1", (5, 1), "failed", 0.6, 1.4e-10, "wrong", WorstElement((3, 0), -0.041212, -0.010303)
            ),
            GradientOutcome(
                "parameters.W2", (3, 5), "failed", 1 / 3, 2e-10, "wrong", WorstElement((1, 2), 0.05123121, 0.025615605)
            ),
            GradientOutcome("parameters.b2", (3, 1), "passed", 1.1e-9, 1e-10, "great"),
        ),
        findings=(
            Finding(
                "GA201",
                "differs from the numerical gradient: 0.6 against a threshold of 1e-05",
                help="compare the formula of db1 with the forward's use of b1",
                gradient="parameters.b1",
            ),
            Finding(
                "GA201",
                "differs from the numerical gradient: 0.33 against a threshold of 1e-05",
                gradient="parameters.W2",
            ),
        ),
        output="cost = 0.6931\ncost = 0.6930\n",
        reproduce=f"gradaudit scan '{NETWORK}::backward_propagation_n' --seed 0",
    )


def _raised() -> Outcome:
    return Outcome(
        id=f"{LAYERS}::conv_backward[stride 2]",
        file=LAYERS,
        line=120,
        verdict="error",
        duration_s=0.01,
        findings=(
            Finding(
                "GA006",
                "the backward raised ValueError: operands could not be broadcast together with shapes (3,4) (4,3)",
                help="x was drawn as (2, 3, 7, 5), w as (4, 3, 2, 2)",
                details=f'  File "{LAYERS}", line 131, in conv_backward\n    dx += dout * w.T\nValueError: operands',
            ),
        ),
        output="::error::planted\n##[error]planted\n",
        reproduce=f"gradaudit scan '{LAYERS}::conv_backward[stride 2]' --seed 0",
    )


def _inconclusive() -> Outcome:
    return Outcome(
        id=f"{LAYERS}::relu_backward",
        file=LAYERS,
        line=52,
        verdict="inconclusive",
        trials=3,
        mode="directional",
        duration_s=0.02,
        difference=0.5,
        grade="wrong",
        gradients=(GradientOutcome("x", (3, 4), "inconclusive", 0.5, 0.7, "wrong", WorstElement((0, 0), 0.0, 0.5)),),
        findings=(Finding("GA401", "every draw lies next to a kink: slopes 0 and 1", "draw with away_from(0)", "x"),),
        reproduce=f"gradaudit scan '{LAYERS}::relu_backward' --seed 0",
    )


def _not_finite() -> Outcome:
    worst = WorstElement((), NAN, -INFINITY)
    return Outcome(
        id="src/loss.py::Loss.backward",
        file="src/loss.py",
        line=9,
        verdict="failed",
        trials=1,
        mode="directional",
        dtype="float32",
        difference=NAN,
        grade="wrong",
        gradients=(
            GradientOutcome("scale", (), "failed", NAN, INFINITY, "wrong", worst),
            GradientOutcome("shift", (2, 0), "failed"),
        ),
        findings=(Finding("GA211", "NaN where the numerical gradient is finite", gradient="scale"),),
    )


def _set_aside() -> tuple[Outcome, Outcome]:
    skipped = Outcome("src/loss.py::gpu", "src/loss.py", 40, "skipped", reason="needs a GPU")
    return skipped, Outcome(
        "src/loss.py::old",
        "src/loss.py",
        60,
        "xfailed",
        difference=0.2,
        grade="wrong",
        reason="fixed in the next release",
    )


@pytest.fixture(scope="session")
def every_outcome() -> Report:
    """A complete run in which every outcome occurs."""
    return Report(
        version="0.1.0",
        audits=(_failed(), _passed(), _inconclusive(), _warned(), _raised(), _not_finite(), *_set_aside()),
        findings=(
            Finding("GA001", "invalid syntax: expected ':'", "fix or exclude it", file="src/broken.py", line=3),
            Finding("GA001", "is not UTF-8", file="src/latin.py"),
        ),
        duration_s=1.234,
        files=12,
    )


@pytest.fixture(scope="session")
def ignoring():
    """A report with the findings of a rule ignored by what is named, as the parent process judges them."""

    def judged(report: Report, code: str, by: Ignorer = "selection") -> Report:
        def each(findings):
            return tuple(f._replace(ignored=by) if f.code == code else f for f in findings)

        audits = tuple(replace(outcome, findings=each(outcome.findings)) for outcome in report.audits)
        return report._replace(audits=audits, findings=each(report.findings))

    return judged


@pytest.fixture(scope="session")
def partly_known(every_outcome: Report, ignoring) -> Report:
    """A run of what has changed, held against a baseline, with a comment that ignores."""
    findings = (
        Finding("GA101", "no audit names relu_der", file="src/ops.py", line=7, qualname="relu_der", ignored="baseline"),
        Finding("GA101", "no audit names tanh_der", file="src/ops.py", line=9, qualname="tanh_der", ignored="comment"),
    )
    stale = (Known("src/ops.py", "gelu_der", "GA203", "x"), Known("src/gone.py", "", "GA101"))
    known = replace(_failed(), verdict="xfailed", reason="all that is wrong with it is in the baseline")
    report = every_outcome._replace(audits=(known, _warned()), findings=findings)
    report = ignoring(ignoring(report, "GA201", "baseline"), "GA302", "comment")
    return report._replace(changes=Changes("main", 2, 40), baseline=BaselineUse(3, stale))


@pytest.fixture(scope="session")
def proved() -> Report:
    """A run that proves what the source shows: in one place of a file, and in two of a notebook."""
    message = "relu_backward writes into dout, which is its upstream gradient, by *="
    place = {"file": "src/ops.py", "line": 7, "column": 5, "end_line": 7, "end_column": 17}
    shown = Finding("GA104", message, "write into a copy", **place)
    proof = Finding("GA301", "the backward modifies dout in place", shown.help, **place, in_source=(shown,))
    cell = {"file": "course.ipynb", "cell": 3, "column": 1, "end_line": 2, "end_column": 20}
    both = tuple(Finding("GA107", "dw[ids] = ... keeps one", line=line, **cell) for line in (2, 4))
    lost = Finding("GA214", "wrong where some repeat", "add up", gradient="w", line=2, **cell, in_source=both)
    audits = (
        Outcome("src/ops.py::relu_backward", "src/ops.py", 5, "failed", trials=3, findings=(proof,)),
        Outcome("course.ipynb::embed_backward", "course.ipynb", 1, "failed", trials=3, findings=(lost,), cell=3),
    )
    return Report("0.1.0", audits=audits, duration_s=0.3, files=2)


@pytest.fixture(scope="session")
def all_passed() -> Report:
    """A run with nothing to complain about."""
    return Report(version="0.1.0", audits=(_passed(),), duration_s=0.3, files=1)


@pytest.fixture(scope="session")
def self_tested() -> Report:
    """A run whose audits had to prove that they can fail; one can't."""
    blind = SelfTest(
        2,
        (
            MissedDistortion("scaled", "scores", "scores scaled by 1.01", "inconclusive"),
            MissedDistortion("zeroed", "scores", "scores[1, 2] set to zero", "passed"),
        ),
        (SmallDistortion("swapped", "scores", "scores[0, 1] and scores[1, 1] swapped"),),
        ("transposed",),
        3,
    )
    audits = (replace(_passed(), self_test=SelfTest(10)), replace(_warned(), self_test=blind), _failed())
    return Report(version="0.1.0", audits=audits, duration_s=0.3, files=1, self_tested=True)


@pytest.fixture(scope="session")
def interrupted(every_outcome: Report) -> Report:
    """A run that ended early."""
    return every_outcome._replace(audits=every_outcome.audits[:2], findings=(), incomplete="interrupted", not_run=4)


@pytest.fixture(scope="session")
def nothing_found() -> Report:
    """A run that found no audits."""
    return Report(version="0.1.0", duration_s=0.01, files=12)


def _unreachable(ignored: Ignorer = "") -> Finding:
    message = "it is inside the function f: importing the module does not run it"
    return Finding("GA002", message, "move the audit to module level", ignored=ignored)


@pytest.fixture(scope="session")
def listing() -> Report:
    """What would run; nothing did."""
    audits = (
        Outcome(f"{LAYERS}::affine_backward", LAYERS, 31, "listed"),
        Outcome(f"{NETWORK}::backward_propagation_n[3 layers]", NETWORK, 63, "listed"),
        Outcome(f"{NETWORK}::inner_backward", NETWORK, 80, "listed", findings=(_unreachable(),)),
        Outcome(f"{NETWORK}::known_backward", NETWORK, 90, "listed", findings=(_unreachable("comment"),)),
    )
    return Report(version="0.1.0", audits=audits, duration_s=0.01, files=40)


HOSTILE = (
    "a|b`c``` </details><script>@octocat #1 <!-- ]]> &amp; *x* [l](http://e.example) www.e.example\n\n# title\r\n"
    "::error::x\n  ##[group]x\n\x1b[2J\x1b]0;title\x07 \x00\x08\x7f\x85\x9b31m \ud800\udfff \ufffe\uffff "
    "\u202e\u2028 層 e\u0301 \U0001f600\\|"
)


@pytest.fixture(scope="session")
def hostile() -> Report:
    """A run in which every string that audited code may choose is hostile."""
    return hostile_report(HOSTILE)


def hostile_report(text: str) -> Report:
    """A report with `text` wherever audited code has a say."""
    shown = Finding("GA104", text, text, file=f"{text}.py", line=1)
    finding = Finding("GA006", text, text, text, details=text, in_source=(shown,))
    gradient = GradientOutcome(text, (2,), "failed", 0.5, 1e-9, "wrong", WorstElement((1,), 1.0, 2.0))
    verdicts = ("failed", "error", "inconclusive", "skipped", "xfailed", "passed")
    audits = [
        Outcome(
            f"{text}.py::{text}", f"{text}.py", 1, verdict, dtype=text, framework=text, difference=0.5, grade="wrong",
            mode="directional", gradients=(gradient,), findings=(finding,), notes=(text,), reason=text, output=text,
            reproduce=text,
            self_test=SelfTest(missed=(MissedDistortion("scaled", text, text, "passed"),)),
        )
        for verdict in verdicts
    ]  # fmt: skip
    outside = (Finding("GA001", text, text, file=text, line=1, details=text),)
    return Report("0.1.0", 0, tuple(audits), outside, 0.1, 1, text, 1, self_tested=True)


@pytest.fixture(scope="session")
def make_hostile():
    """`hostile_report`, for tests that draw the text."""
    return hostile_report


REPORTS = [
    "every_outcome",
    "all_passed",
    "self_tested",
    "interrupted",
    "nothing_found",
    "listing",
    "hostile",
    "partly_known",
    "proved",
]


@pytest.fixture(params=REPORTS)
def each_report(request) -> Report:
    """One after another, the reports that every format shows as it did before."""
    return request.getfixturevalue(request.param)
