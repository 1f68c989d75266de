"""What can't count as verified: gradients that are zero at every point tried, and those that are no number."""

from __future__ import annotations

import numpy as np
import pytest

from gradaudit.numerics.differences import difference

SOURCE = """
import numpy as np
from gradaudit import audited_backward, distributions

BELOW = distributions.uniform("N D", low=-3.0, high=-1.0)

def relu(x):
    return np.maximum(x, 0.0)

@audited_backward(forward=relu, inputs={"x": BELOW})
def dead_right(dout, x):
    return dout * (x > 0)

@audited_backward(forward=relu, inputs={"x": BELOW})
def dead_seven_times(dout, x):
    return 7 * dout * (x > 0)

@audited_backward(forward=relu, inputs={"x": BELOW}, trials=1)
def dead_once(dout, x):
    return dout * (x > 0)

@audited_backward(forward=relu, inputs={"x": "N D"})
def alive(dout, x):
    return dout * (x > 0)

@audited_backward(forward=lambda x, w: np.sign(x) * np.sign(w), inputs={"x": "N", "w": "N"})
def both_zero(dout, x, w):
    return np.zeros_like(x), np.zeros_like(w)

@audited_backward(forward=lambda x, w: x * np.sign(w), inputs={"x": "N", "w": "N"})
def one_zero(dout, x, w):
    return dout * np.sign(w), np.zeros_like(w)

@audited_backward(forward=relu, inputs={"x": BELOW}, xfail="not yet")
def dead_xfail(dout, x):
    return dout * (x > 0)

def attention(q, k, bk):
    scores = q @ (k + bk).T
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)

def pulled(dout, q, k, bk):
    p = attention(q, k, bk)
    d = p * (dout - (dout * p).sum(axis=1, keepdims=True))
    return d @ (k + bk), d.T @ q, (d.T @ q).sum(axis=0)

SHAPES = {"q": "N D", "k": "M D", "bk": "D"}

@audited_backward(forward=attention, inputs=SHAPES)
def key_bias(dout, q, k, bk):
    return pulled(dout, q, k, bk)

@audited_backward(forward=attention, inputs=SHAPES, wrt="bk")
def key_bias_alone(dout, q, k, bk):
    return pulled(dout, q, k, bk)[2]

@audited_backward(forward=lambda x: x**2, inputs={"x": "N D"})
def nan_everywhere(dout, x):
    return np.full_like(x, np.nan)

@audited_backward(forward=lambda x: x**2, inputs={"x": "N D"})
def nan_in_one_trial(dout, x):
    return 2 * x * dout + (np.nan if 1 in x.shape else 0.0)

class Corner:
    def __init__(self):
        self.b = np.zeros(3)

    def forward(self, x):
        self.x = x
        return x * np.sqrt(np.abs(self.b))

    @audited_backward(forward=forward, inputs={"x": "N 3"}, parameters={"b": "db"})
    def nan_both(self, dout):
        with np.errstate(all="ignore"):
            self.db = (dout * self.x).sum(axis=0) * np.sign(self.b) / np.sqrt(np.abs(self.b)) / 2
        return dout * np.sqrt(np.abs(self.b))

class Beside:
    def __init__(self):
        self.b = np.zeros(3)

    def forward(self, x):
        self.x = x
        return x * np.cos(self.b)

    @audited_backward(forward=forward, inputs={"x": "N 3"}, parameters={"b": "db"})
    def nan_beside(self, dout):
        self.db = -(dout * self.x * np.sin(self.b)).sum(axis=0) + (np.nan if np.abs(self.b).max() > 4e-3 else 0.0)
        return dout * np.cos(self.b)

    @audited_backward(forward=forward, inputs={"x": "N 3"}, parameters={"b": "db"}, name="other shape")
    def shape_beside(self, dout):
        self.db = -(dout * self.x * np.sin(self.b)).sum(axis=0)
        self.db = np.append(self.db, 0.0) if self.b.any() else self.db
        return dout * np.cos(self.b)

class Isolated:
    def __init__(self):
        self.b = np.zeros(3)

    def forward(self, x):
        self.x = x
        return x + np.where(self.b == 0.0, 0.0, np.nan)

    @audited_backward(forward=forward, inputs={"x": "N 3"}, parameters={"b": "db"})
    @audited_backward(
        forward=forward, inputs={"x": "N 3"}, parameters={"b": "db"}, mode="elementwise", epsilon=1e-6, name="letter"
    )
    def numeric_nan(self, dout):
        self.db = np.zeros(3)
        return dout
"""


@pytest.fixture(scope="module", params=["directional", "elementwise"])
def audits(make_project, request):
    return make_project().write(a=SOURCE).scan("--mode", request.param)


@pytest.mark.parametrize("name", ["dead_right", "dead_seven_times", "dead_once", "key_bias_alone", "dead_xfail"])
def test_an_audit_whose_gradient_is_zero_everywhere_is_inconclusive_and_says_so(audits, name):
    audit = audits.audit(name)
    assert audit["outcome"] == "inconclusive"
    assert audit["detects"] is None
    assert audit["grade"] is None
    assert [gradient["outcome"] for gradient in audit["gradients"]] == ["inconclusive"]
    (finding,) = audit["findings"]
    assert finding["code"] == "GA402"
    assert "zero at every point tried: nothing was verified" in finding["message"]
    assert finding["help"] == "draw inputs for which it is not"


def test_all_gradients_that_are_zero_are_named_together(audits):
    assert audits.audit("both_zero")["outcome"] == "inconclusive"
    (finding,) = audits.audit("both_zero")["findings"]
    assert finding["message"] == "the gradients of x, w are zero at every point tried: nothing was verified"


@pytest.mark.parametrize(("name", "gradient"), [("one_zero", "w"), ("key_bias", "bk")])
def test_an_audit_with_other_gradients_passes_and_names_the_one_that_is_zero(audits, name, gradient):
    audit = audits.audit(name)
    assert audit["outcome"] == "passed"
    assert audit["detects"] < 1e-3
    assert f"nothing was verified of the gradient of {gradient}" in " ".join(audit["notes"])
    assert " ".join(audit["notes"]).count("nothing was verified") == 1


def test_a_gradient_that_is_zero_in_places_is_verified(audits):
    assert audits.audit("alive")["outcome"] == "passed"
    assert "notes" not in audits.audit("alive")


@pytest.mark.parametrize("name", ["nan_everywhere", "nan_in_one_trial", "Corner.nan_both", "Beside.nan_beside"])
def test_a_gradient_that_is_no_number_fails(audits, name):
    assert audits.audit(name)["outcome"] == "failed"
    assert "GA211" in audits.codes(name)


def test_a_numeric_gradient_that_is_no_number_is_not_taken_for_zero(make_project):
    letter = make_project().write(a=SOURCE).scan("-k", "letter")
    assert letter.outcomes() == {"Isolated.numeric_nan[letter]": "inconclusive"}


@pytest.mark.parametrize("name", ["Beside.shape_beside[other shape]", "Isolated.numeric_nan"])
def test_where_only_points_beside_the_drawn_one_are_no_number_nothing_passes(audits, name):
    assert audits.audit(name)["outcome"] in {"failed", "inconclusive"}


def test_nan_does_not_pass_because_its_finding_is_ignored(make_project):
    ignored = (
        make_project().write(a=SOURCE).scan("--ignore", "GA211,GA102", "-k", "nan_everywhere or nan_in_one or beside")
    )
    outcomes = ignored.outcomes()
    assert outcomes.pop("Beside.shape_beside[other shape]") == "inconclusive"
    assert set(outcomes.values()) == {"inconclusive"}
    assert len(outcomes) == 3
    assert ignored.status == 0


@pytest.mark.parametrize(
    ("analytic", "numeric"), [([0.0], [np.nan]), ([0.0, 1.0], [np.nan, 1.0]), ([np.nan], [0.0]), ([np.inf], [np.inf])]
)
def test_the_difference_of_what_is_no_number_is_none(analytic, numeric):
    assert np.isnan(difference(analytic, numeric))
    assert np.isnan(difference(numeric, analytic))
