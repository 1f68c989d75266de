"""What a scan says of factors: those that follow the sizes have their expression, others a number or no name."""

from __future__ import annotations

import math
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from gradaudit import check_gradient
from gradaudit.numerics.causes.size_factors import size_factors

SAMPLE = Path(__file__).parent / "samples" / "causes" / "factors.py"
NAMED = [
    "1/N", "2/N", "1/(4·N)", "N/(N-1)", "1/(M-1)", "√D", "1/√D", "-1/√D", "√(D/M)", "1/(N·M)", "1/(4·N·M)", "2/(N·D)",
    "D/(2·M)", "1/(N·D·M)",
]  # fmt: skip
NAMELESS = ["N+1", "1/max(N, M)", "2/(N+M)", "log", "larger"]


@pytest.fixture(scope="module", params=["0", "1", "elementwise"])
def scanned(request, make_project):
    project = make_project()
    shutil.copy(SAMPLE, project.root)
    return project.scan("--mode" if request.param == "elementwise" else "--seed", request.param)


@pytest.mark.parametrize("text", NAMED)
def test_a_factor_that_follows_the_sizes_has_its_expression(scanned, text):
    (finding,) = scanned.audit(f"scaled[{text}]")["findings"]
    assert finding["code"] == "GA203", finding["message"]
    assert finding["message"].startswith(f"the gradient of w is {text} × the numeric one, with ")


@pytest.mark.parametrize("text", NAMELESS)
def test_another_factor_has_no_expression(scanned, text):
    (finding,) = scanned.audit(f"scaled[{text}]")["findings"]
    assert finding["code"] in {"GA201", "GA213"}, finding["message"]
    assert "× the numeric one" not in finding["message"]


def test_a_factor_that_two_equal_sizes_explain_is_a_number(scanned):
    (finding,) = scanned.audit("<lambda>[equal]")["findings"]
    assert (finding["code"], finding["message"]) == ("GA203", "the gradient of x is 1/4 × the numeric one")


def test_one_trial_is_told_by_further_ones_whether_its_factor_follows_a_size(scanned):
    (finding,) = scanned.audit("once")["findings"]
    assert finding["message"].startswith("the gradient of x is 1/N × the numeric one, with N = ")
    (finding,) = scanned.audit("thirds")["findings"]
    assert finding["message"] == "the gradient of x is 1/3 × the numeric one"


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_no_two_expressions_are_the_same(count):
    """At sizes of which no small multiples and powers agree."""
    sizes = dict(zip("NMDKH", (101, 211, 503, 1009, 2003), strict=False))
    every = list(size_factors({name: sizes[name] for name in list(sizes)[:count]}))
    logarithms = sorted(math.log(each.value) for each in every)
    assert len({each.text for each in every}) == len(every)
    assert min(b - a for a, b in pairwise(logarithms)) > 1e-6


def tanh_layer_off_by(factor):
    def backward(dout, x, w, out):
        dz = dout * (1 - out**2)
        return dz @ w.T, x.T @ dz * factor(len(x), w.shape[1])

    return lambda x, w: np.tanh(x @ w), backward, {"x": "N D", "w": "D M"}


def messages(factor, seed):
    sizes = {"N": (1, 20), "M": (1, 8)}
    return [each.message for each in check_gradient(*tanh_layer_off_by(factor), seed=seed, sizes=sizes).findings]


def test_where_a_size_decides_the_factor_is_confirmed_as_well():
    said = [message for seed in range(4) for message in messages(lambda n, m: n / max(1, n - 1), seed)]
    assert any(" is right with N = 1 and wrong with N = " in message for message in said)
    assert all("N/(N-1) × the numeric one" in message for message in said)
    for seed in range(4):
        (message,) = messages(lambda n, m: 1.0 if n == 1 else 1 / max(n, m), seed)
        assert "× the numeric one" not in message
