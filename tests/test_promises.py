"""What a backward promises beside its values: each way to break it is named, and nothing that keeps it is accused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parent / "samples" / "promises"
WARNINGS = {"GA304", "GA305", "GA306"}


@pytest.fixture(scope="module")
def scanned(make_project):
    project = make_project()
    for path in SAMPLES.glob("*.py"):
        shutil.copy(path, project.root)
    return project.scan()


def audits(report, file):
    return {audit["id"].partition("::")[2]: audit for audit in report["audits"] if audit["file"] == file}


def codes(audit):
    return [finding["code"] for finding in audit["findings"]]


def message(scanned, name):
    return " ".join(finding["message"] for finding in scanned.audit(name)["findings"])


def test_each_broken_promise_is_named_and_nothing_else(scanned):
    broken = audits(scanned.report, "broken.py")
    assert {name: set(codes(audit)) for name, audit in broken.items()} == {name: {name[:5]} for name in broken}
    assert len({name[:5] for name in broken}) == 8


def test_warnings_pass_and_show_and_the_others_fail(scanned):
    for name, audit in audits(scanned.report, "broken.py").items():
        assert audit["outcome"] == ("passed" if name[:5] in WARNINGS else "failed"), name


def test_what_keeps_its_promises_is_not_accused(scanned):
    kept = audits(scanned.report, "kept.py")
    assert {name: (audit["outcome"], codes(audit)) for name, audit in kept.items()} == {
        name: ("passed", []) for name in kept
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("GA301_upstream", "the upstream gradient dout in place, by `*=` on line 25"),
        ("GA301_input", "the backward modifies the input x in place, by assignment to elements on line 31"),
        ("GA301_cache", "cache['x'], in place, by `out=` on line 38"),
        ("GA301_context", "ctx.saved_tensors[0], in place"),
        ("GA301_labels", "the forward modifies the input labels in place, by `.sort()` on line"),
        ("GA303_global", "when the forward is called elsewhere before the backward"),
        ("GA303_accumulates", "two backwards of the same forward"),
        ("GA209_output", "does not change with dcos,"),
        ("GA209_last", "does not change with dout[3],"),
        ("GA304_promoted", "is float64, its input float32"),
        ("GA305_memory_order", "Fortran-ordered"),
        ("GA305_strides", "non-contiguous"),
        ("GA306_upstream", "the gradient of y shares memory with the upstream gradient"),
        ("GA306_each_other", "the gradient of y shares memory with the gradient of x"),
        ("GA307_overflow", "not finite in float32"),
    ],
)
def test_a_message_says_what_and_where(scanned, name, text):
    assert text in message(scanned, name)


def test_a_right_backward_costs_four_forwards_and_four_backwards_once(project):
    project.write(
        a="""
        import numpy as np
        from gradaudit import audited_backward
        @audited_backward(forward=lambda x: np.sin(x), inputs={"x": "N D"})
        def b(dout, x): return dout * np.cos(x)
        """
    )
    assert project.scan("--trials", "1").audit("b")["evaluations"] == {"forward": 8, "backward": 5}
    assert project.scan("--trials", "3").audit("b")["evaluations"] == {"forward": 16, "backward": 7}
