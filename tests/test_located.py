"""What a scan says of large gradients that are wrong in a few elements only, and what that costs."""

from __future__ import annotations

import statistics

import numpy as np
import pytest

from gradaudit import check_gradient

# What the first trial takes to see whether a backward keeps its other promises.
CONTRACT = 4

AUDITS = """
    import numpy as np
    from gradaudit import audited_backward


    def sine(x):
        return np.sin(x)


    @audited_backward(forward=sine, inputs={"x": "100000"})
    def element(dout, x):
        dx = dout * np.cos(x)
        dx[4321] *= 1.01
        return dx


    @audited_backward(forward=sine, inputs={"x": "100000"})
    def elements(dout, x):
        dx = dout * np.cos(x)
        dx[[5, 40_000, 40_001, 77_777, 99_999]] *= 2.0
        return dx


    @audited_backward(forward=sine, inputs={"x": "300 400"})
    def row(dout, x):
        dx = dout * np.cos(x)
        dx[37] *= 1.5
        return dx


    @audited_backward(forward=sine, inputs={"x": "9 40 30"})
    def line(dout, x):
        dx = dout * np.cos(x)
        dx[3, :, 29] = 0.0
        return dx


    @audited_backward(forward=sine, inputs={"x": "300 400"})
    def everywhere(dout, x):
        return -dout * np.cos(x)


    @audited_backward(forward=sine, inputs={"x": "100000"})
    def right(dout, x):
        return dout * np.cos(x)


    def embedding(table):
        return np.tanh(table[[3, 7, 7, 19]])


    @audited_backward(forward=embedding, inputs={"table": "200 30"})
    def repeated(dout, table):
        rows = [3, 7, 7, 19]
        dtable = np.zeros_like(table)
        dtable[rows] = dout * (1.0 - np.tanh(table[rows]) ** 2)
        return dtable


    def affine(x, w, b):
        return x @ w + b


    @audited_backward(forward=affine, inputs={"x": "16 300", "w": "300 400", "b": "400"})
    def parameter(dout, x, w):
        dw = x.T @ dout
        dw[-1, 0] = 0.0
        return dout @ w.T, dw, dout.sum(axis=0)
"""

EXPECTED = {
    "element": ("GA208", "wrong at [4321] only, the rest is right", 40),
    "elements": (
        "GA208",
        "wrong at [5], [40000], [40001], [77777] and 1 more, by a factor of 2; the rest is right",
        190,
    ),
    "row": ("GA208", "wrong in row 37, by a factor of 3/2, the rest is right", 85),
    "line": ("GA208", "wrong where axis 0 is 3 and axis 2 is 29, where it is zero, the rest is right", 80),
    "everywhere": ("GA202", "minus the numeric one", 190),
    "repeated": ("GA208", "wrong in row 7, the rest is right", 85),
    "parameter": ("GA208", "wrong at [299, 0] only, the rest is right", 40),
}


def forwards(audit):
    return audit["evaluations"]["forward"]


@pytest.fixture(scope="module")
def scanned(make_project):
    return make_project().write(audits=AUDITS).scan()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_wrong_part_of_a_large_gradient_is_named_at_little_cost(scanned, name):
    code, words, most = EXPECTED[name]
    audit = scanned.audit(name)
    (finding,) = audit["findings"]
    assert finding["code"] == code
    assert words in finding["message"]
    assert forwards(audit) <= most


def test_the_wrong_element_is_shown_with_both_values(scanned):
    (gradient,) = scanned.audit("element")["gradients"]
    worst = gradient["worst"]
    assert worst["index"] == [4321]
    assert worst["analytic"] == pytest.approx(1.01 * worst["numeric"], rel=1e-5)
    assert "[4321]" in scanned.out


def test_a_right_gradient_of_a_hundred_thousand_elements_takes_four_forwards_a_trial(scanned):
    assert forwards(scanned.audit("right")) == 3 * 4 + CONTRACT


def test_one_trial_takes_two_dozen_forwards(shared_project):
    shared_project.write(audits=AUDITS)
    counts = [
        forwards(shared_project.scan("-k", "element", "--trials", 1, "--seed", seed).audit("element"))
        for seed in range(5)
    ]
    assert statistics.median(counts) <= 24


@pytest.mark.parametrize(
    ("part", "change", "where", "most"),
    [
        ((123, 45), lambda g: g + 0.5, "at [123, 45] only", 24),
        (123, lambda g: 1.5 * g, "in row 123, by a factor of 3/2", 30),
    ],
    ids=["an element", "a row"],
)
def test_one_trial_at_a_matrix_takes_few_forwards_with_all_that_a_backward_promises(part, change, where, most):
    for seed in range(5):

        def backward(dout, x):
            dx = dout * np.cos(x)
            dx[part] = change(dx[part])
            return dx

        outcome = check_gradient(np.sin, backward, {"x": "N D"}, sizes={"N": 250, "D": 400}, seed=seed, trials=1)
        (finding,) = outcome.findings
        assert (finding.code, finding.message) == ("GA208", f"the gradient of x is wrong {where}, the rest is right")
        assert outcome.evaluations.forward <= most
