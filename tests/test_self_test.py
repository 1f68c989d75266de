"""``--self-test``: every audit that passes proves that it can fail, or is said not to."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gradaudit.numerics.checks.check import check
from gradaudit.numerics.problems.distortions import KINDS
from gradaudit.numerics.problems.problem import Evaluation
from gradaudit.runner.trials.examination import Examination
from gradaudit.runner.verdicts.self_test import MOST_GRADIENTS, self_test

SAMPLES = Path(__file__).parent / "samples"
HEADER = "import numpy as np\nfrom gradaudit import audited_backward, distributions\n"


@pytest.fixture(scope="module", params=["directional", "elementwise"])
def conventions(make_project, request):
    project = make_project()
    shutil.copy(SAMPLES / "conventions" / "conventions.py", project.root)
    return project.scan("--self-test", "--mode", request.param)


def test_every_distortion_of_every_convention_is_caught(conventions):
    audits = conventions.report["audits"]
    for audit in audits:
        assert ("self_test" in audit) == (audit["outcome"] == "passed"), audit["id"]
    tests = {audit["id"]: audit["self_test"] for audit in audits if "self_test" in audit}
    assert len(tests) >= 20
    for name, test in tests.items():
        assert test["missed"] == test["below_threshold"] == [], name
        assert test["distortions"] == test["caught"] >= 3, name
    score = conventions.report["summary"]["self_test"]
    assert score["caught"] == score["distortions"] == sum(test["caught"] for test in tests.values())
    assert f"self-test: {score['caught']} of {score['caught']} distortions caught" in conventions.out


def test_layers_and_value_with_gradients_are_tested_in_all_their_gradients(conventions):
    # x and W, x and b have four distortions each; W is not always square.
    assert conventions.audit("LayerRight")["self_test"]["caught"] >= 12
    assert conventions.audit("value_and_gradients_right")["self_test"]["caught"] == 8


def test_an_audit_says_the_same_of_its_gradients_with_a_self_test_as_without(conventions, make_project):
    project = make_project()
    shutil.copy(SAMPLES / "conventions" / "conventions.py", project.root)
    mode = conventions.audit("cache_right")["mode"]
    alone = project.scan("--mode", mode)
    for audit in alone.report["audits"]:
        with_test = conventions.audit(audit["id"].partition("::")[2])
        for key in ("outcome", "gradients", "evaluations", "detects", "findings"):
            assert audit[key] == with_test[key], (audit["id"], key)
    assert "self_test" not in alone.report["summary"]


RIGHT = "@audited_backward(forward=lambda x: x**2, inputs={'x': 'N'})\ndef right(dout, x): return 2 * x * dout\n"
TIRED = """
calls = 0
def tire(x):
    global calls
    calls += 1
    if calls > 16:
        raise RuntimeError("enough")
    return np.sin(x)

@audited_backward(forward=tire, inputs={"x": "N"})
def tired(dout, x):
    return dout * np.cos(x)
"""


@pytest.fixture(scope="module")
def tired(make_project):
    return make_project().write(a=HEADER + RIGHT + TIRED).scan("--self-test", "-q")


def test_a_missed_distortion_fails_the_scan_and_is_named_with_its_audit_and_a_remedy(tired):
    assert tired.status == 1
    assert tired.outcomes() == {"right": "passed", "tired": "passed"}
    test = tired.audit("tired")["self_test"]
    assert (test["caught"], test["distortions"]) == (0, 4)
    assert {(each["distortion"], each["outcome"]) for each in test["missed"]} == {
        (kind, "error") for kind in ("flipped", "scaled", "zeroed", "swapped")
    }
    for words in ("a.py::tired", "missed: the sign of x flipped (error)", "help:", "4 of 8 distortions caught"):
        assert words in tired.out
    assert tired.audit("tired")["reproduce"].endswith("--self-test")


def test_exit_zero_and_maxfail_heed_a_self_test(make_project):
    project = make_project().write(a=HEADER + TIRED + RIGHT)
    assert project.scan("--self-test", "--exit-zero").status == 0
    stopped = project.scan("--self-test", "-x", "--jobs", "1")
    assert stopped.outcomes() == {"tired": "passed"}
    assert project.scan().status == 0


def test_the_configuration_may_ask_for_it(project):
    project.write(a=HEADER + RIGHT)
    (project.root / "gradaudit.toml").write_text("self-test = true\n")
    assert project.scan().audit("right")["self_test"]["caught"] == 4
    assert "self_test" not in project.scan("--no-self-test").audit("right")


def test_what_does_not_pass_is_not_tested(project):
    project.write(a=HEADER + RIGHT.replace("2 *", "3 *"))
    ended = project.scan("--self-test")
    assert ended.codes("right") == ["GA203"]
    assert "no audit passed, so none was tested" in ended.out
    assert ended.report["summary"]["self_test"]["audits"] == 0


def test_a_distortion_below_the_threshold_is_counted_apart(project):
    project.write(a=HEADER + RIGHT)
    ended = project.scan("--self-test", "--threshold", "0.02")
    test = ended.audit("right")["self_test"]
    assert [each["distortion"] for each in test["below_threshold"]] == ["scaled"]
    assert test["missed"] == []
    assert "scaled" not in test["not_applicable"]
    assert "1 below the threshold" in ended.out


class Quadratic:
    """φ = Σ ½⟨θ_b, θ_b⟩ of several blocks; the gradient is the point."""

    def __init__(self, *point):
        self.point = tuple(np.asarray(block, float) for block in point)
        self.names = tuple(f"p{b}" for b in range(len(point)))
        self.tangents = (None,) * len(point)
        self.forwards = 0

    def evaluate(self, point):
        self.forwards += 1
        value = sum(float(np.sum(block**2)) for block in point) / 2
        return Evaluation(value, value, 2.2e-16)

    def gradient(self, point):
        return tuple(block.copy() for block in point)


def examination(*point):
    problem = Quadratic(*point)

    def examine(problem):
        return check(problem, np.random.default_rng(0))

    return Examination(problem, examine, examine(problem))


def blind(*point):
    """A check that finds right whatever it is asked about."""
    seeing = examination(*point)
    return replace(seeing, examine=lambda _: seeing.result)


def test_a_check_that_sees_nothing_is_found_out():
    test = self_test([blind([1.0, 2.0], [[1.0, 2.0], [3.0, 4.0]])], 1e-5)
    assert test.caught == 0
    assert [(each.gradient, each.kind) for each in test.missed] == [
        *(("p0", kind) for kind in KINDS if kind != "transposed"),
        *(("p1", kind) for kind in KINDS),
    ]
    assert {each.verdict for each in test.missed} == {"passed"}


def test_what_one_trial_misses_another_may_catch():
    point = [[1.0, 2.0], [3.0, 4.0]]
    assert self_test([blind(point), examination(point)], 1e-5).missed == ()
    assert self_test([blind(point), examination(point)], 1e-5).caught == len(KINDS)


def test_what_is_impossible_in_one_trial_is_done_in_another():
    wide, square = np.arange(1.0, 7.0).reshape(2, 3), np.arange(1.0, 5.0).reshape(2, 2)
    assert self_test([examination(wide)], 1e-5).not_applicable == ("transposed",)
    assert self_test([examination(wide), examination(square)], 1e-5).not_applicable == ()


def test_a_first_trial_that_catches_all_leaves_the_others_alone():
    other = examination([1.0, 2.0, 3.0])
    before = other.problem.forwards
    assert self_test([examination([1.0, 2.0, 3.0]), other], 1e-5).missed == ()
    assert other.problem.forwards - before <= 1


def test_a_gradient_of_which_nothing_was_verified_is_not_distorted():
    test = self_test([examination([1.0, 2.0], [])], 1e-5)
    assert test.caught == 4
    assert test.missed == test.below_threshold == ()


def test_of_many_gradients_those_that_move_the_output_least_are_distorted():
    blocks = [np.array([1.0, 2.0]) * 2.0**b for b in range(MOST_GRADIENTS + 3)][::-1]
    test = self_test([blind(*blocks)], 1e-5)
    assert test.gradients_left_out == 3
    assert {each.gradient for each in test.missed} == {f"p{b}" for b in range(3, MOST_GRADIENTS + 3)}
