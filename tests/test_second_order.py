"""``order=2``: right Hessians and products pass, wrong ones fail, and what is not supported is told."""

from __future__ import annotations

import numpy as np
import pytest

from gradaudit import check_gradient, distributions
from gradaudit.errors import AuditError


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def rosenbrock_gradient(x):
    g = np.zeros_like(x)
    g[:-1] = -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    g[1:] += 200 * (x[1:] - x[:-1] ** 2)
    return g


def rosenbrock_hessian(x):
    h = np.diag(-400 * x[:-1], 1) + np.diag(-400 * x[:-1], -1)
    h[np.arange(len(x) - 1), np.arange(len(x) - 1)] += 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
    h[np.arange(1, len(x)), np.arange(1, len(x))] += 200
    return h


def rosenbrock_product(x, p):
    return rosenbrock_hessian(x) @ p


ROSENBROCK = {"inputs": {"x": "N"}, "sizes": {"N": (3, 8)}, "order": 2}


def loss(w, b, x, y):
    z = x @ w + b
    return np.logaddexp(0, z).sum() - y @ z + 0.05 * w @ w


def loss_blocks(w, b, x, y):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    s = p * (1 - p)
    ww, wb = (x * s[:, None]).T @ x + 0.1 * np.eye(len(w)), x.T @ s
    return (ww, wb), (wb, s.sum())


def loss_product(w, b, x, y, vw, vb):
    (ww, wb), (bw, bb) = loss_blocks(w, b, x, y)
    return ww @ vw + wb * vb, bw @ vw + bb * vb


LOSS = {
    "inputs": {"w": "D", "b": "", "x": "N D", "y": distributions.boolean("N")},
    "wrt": ("w", "b"),
    "order": 2,
}


def softmax_loss(w, x):
    return np.log(np.exp(x @ w).sum(axis=1)).sum()


def softmax_hessian(w, x):
    p = np.exp(x @ w)
    p /= p.sum(axis=1, keepdims=True)
    inner = np.einsum("nc,ce->nce", p, np.eye(p.shape[1])) - np.einsum("nc,ne->nce", p, p)
    return np.einsum("nd,nce,nf->dcfe", x, inner, x)


def by_name(w, b, x, y):
    (ww, wb), (bw, bb) = loss_blocks(w, b, x, y)
    return {"b": {"b": bb, "w": bw}, "w": {"w": ww, "b": wb}}


def dictionary_loss(p):
    return (p["a"] ** 2).sum() * (p["c"] ** 3).sum()


def dictionary_product(p, v):
    a, c = p["a"], p["c"]
    squares, cubes = (a**2).sum(), (c**3).sum()
    along = 2 * a @ v["a"], 3 * c**2 @ v["c"]
    return {"a": 2 * v["a"] * cubes + 2 * a * along[1], "c": 6 * c * v["c"] * squares + 3 * c**2 * along[0]}


RIGHT = {
    "a Hessian": (rosenbrock, rosenbrock_hessian, ROSENBROCK),
    "a product": (rosenbrock, rosenbrock_product, ROSENBROCK),
    "a product that is returned as a function": (rosenbrock, lambda x: rosenbrock_hessian(x).dot, ROSENBROCK),
    "a product bound by name": (
        rosenbrock,
        lambda x, out: rosenbrock_hessian(x) @ out,
        {**ROSENBROCK, "bind": {"out": "upstream"}},
    ),
    "a product with what the forward kept": (
        lambda x: (rosenbrock(x), x.copy()),
        lambda v, cache: rosenbrock_hessian(cache) @ v,
        ROSENBROCK,
    ),
    "a product in a dictionary": (
        dictionary_loss,
        dictionary_product,
        {"inputs": {"p": {"a": "N", "c": "M"}}, "order": 2},
    ),
    "a Hessian by a matrix": (
        softmax_loss,
        softmax_hessian,
        {"inputs": {"w": "D C", "x": "N D"}, "wrt": "w", "order": 2},
    ),
    "blocks in tuples": (loss, loss_blocks, LOSS),
    "blocks by name": (loss, by_name, LOSS),
    "a product with two vectors": (loss, loss_product, LOSS),
    "a second derivative by a number": (np.sin, lambda x: -np.sin(x), {"inputs": {"x": ""}, "order": 2}),
    "integers": (lambda x: x @ x, lambda x: 2 * np.eye(x.size, dtype=int), {"inputs": {"x": "N"}, "order": 2}),
    "an even function where it is even": (
        lambda x: np.cosh(x).sum(),
        lambda x: np.diag(np.cosh(x)),
        {"inputs": {"x": np.zeros(3)}, "order": 2},
    ),
    "a domain whose edge is near": (
        lambda x: -np.log(x).sum(),
        lambda x: np.diag(x**-2),
        {"inputs": {"x": distributions.uniform("N", 1e-3, 1)}, "order": 2},
    ),
    "a forward that raises outside its domain": (
        lambda x: -np.linalg.slogdet(np.linalg.cholesky(np.diag(x)))[1],
        lambda x: np.diag(0.5 * x**-2),
        {"inputs": {"x": np.array([2e-2, 1.0, 2.0])}, "order": 2},
    ),
}


def test_a_second_derivative_that_is_zero_is_not_verified():
    check = check_gradient(lambda x: 3 * x.sum(), lambda x: np.zeros((x.size, x.size)), {"x": "N"}, order=2)
    assert check.verdict == "inconclusive"
    assert "zero at every point tried" in check.findings[0].message


@pytest.mark.parametrize("name", RIGHT)
def test_right_second_derivatives_pass(name):
    forward, second, options = RIGHT[name]
    for seed in range(2):
        check = check_gradient(forward, second, **options, seed=seed)
        assert check.passed, str(check)
        assert any(note.startswith("second order") for note in check.notes)


@pytest.mark.parametrize(("shift", "scale"), [(1e4, 1.0), (0.0, 1e8), (0.0, 1e-8)])
def test_offsets_and_scales_raise_no_alarm(shift, scale):
    for seed in range(5):
        check = check_gradient(
            lambda w, b, x, y: shift + scale * loss(w, b, x, y),
            lambda w, b, x, y: tuple(tuple(scale * block for block in row) for row in loss_blocks(w, b, x, y)),
            **LOSS,
            seed=seed,
        )
        assert check.passed, str(check)


def one_percent(h):
    h[0, 1] *= 1.01
    return h


def antisymmetric(h):
    e = np.triu(np.ones_like(h), 1)
    return h + 1e-3 * np.abs(h).max() * (e - e.T)


WRONG = {
    "minus": lambda h: -h,
    "twice": lambda h: 2 * h,
    "half": lambda h: h / 2,
    "zero": np.zeros_like,
    "without its diagonal": lambda h: h - np.diag(np.diag(h)),
    "its diagonal alone": lambda h: np.diag(np.diag(h)),
    "its upper triangle": np.triu,
    "an antisymmetric error": antisymmetric,
    "an element off by a percent": one_percent,
    "a row too far": lambda h: np.roll(h, 1, axis=0),
    "without a row": lambda h: np.vstack([0 * h[:1], h[1:]]),
    "a missing constant on the diagonal": lambda h: h - 2 * np.eye(len(h)),
    "the wrong sign off the diagonal": lambda h: 2 * np.diag(np.diag(h)) - h,
    "off by a ten thousandth": lambda h: 1.0001 * h,
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_hessians_and_products_fail(name):
    wrong = WRONG[name]
    whole = check_gradient(rosenbrock, lambda x: wrong(rosenbrock_hessian(x)), **ROSENBROCK, trials=1)
    product = check_gradient(rosenbrock, lambda x, v: wrong(rosenbrock_hessian(x)) @ v, **ROSENBROCK, trials=1, seed=1)
    assert (whole.verdict, product.verdict) == ("failed", "failed")


def test_the_cause_of_a_wrong_hessian_is_named():
    check = check_gradient(rosenbrock, lambda x: -rosenbrock_hessian(x), **ROSENBROCK)
    assert [finding.code for finding in check.findings] == ["GA202"]
    assert "would have" not in str(check)


WRONG_BLOCKS = {
    "a block that is doubled": lambda ww, wb, bb: ((ww, wb), (wb, 2 * bb)),
    "a block with the wrong sign": lambda ww, wb, bb: ((ww, wb), (-wb, bb)),
    "a block that is zero": lambda ww, wb, bb: ((ww, 0 * wb), (wb, bb)),
}


@pytest.mark.parametrize("name", WRONG_BLOCKS)
def test_a_wrong_block_fails(name):
    def blocks(w, b, x, y):
        (ww, wb), (_, bb) = loss_blocks(w, b, x, y)
        return WRONG_BLOCKS[name](ww, wb, bb)

    assert check_gradient(loss, blocks, **LOSS).verdict == "failed"


def test_the_jacobian_of_a_gradient_needs_fewer_evaluations():
    options = {"inputs": {"x": "N"}, "sizes": {"N": (3, 8)}}
    first = check_gradient(rosenbrock_gradient, rosenbrock_hessian, **options)
    second = check_gradient(rosenbrock, rosenbrock_hessian, **options, order=2)
    assert first.passed
    assert second.passed
    assert first.detects < second.detects < 1e-6
    assert 5 * first.evaluations.forward < second.evaluations.forward < 200


@pytest.mark.parametrize(
    ("forward", "second", "options", "words"),
    [
        (rosenbrock_gradient, rosenbrock_hessian, ROSENBROCK, "leave order= out"),
        (rosenbrock, lambda x: np.diag(rosenbrock_hessian(x)), ROSENBROCK, r"it has shape \(\d, \d\)"),
        (rosenbrock, lambda x, v, u: v, ROSENBROCK, "takes 2 vectors, but order=2 differentiates by x"),
        (loss, lambda w, b, x, y: loss_blocks(w, b, x, y)[0][0], LOSS, "a row of blocks for each of w, b"),
        (loss, lambda w, b, x, y: (loss_blocks(w, b, x, y)[0], (None, 1.0)), LOSS, "by b and w came back as None"),
        (dictionary_loss, dictionary_loss, {"inputs": {"p": {"a": "N", "c": "M"}}, "order": 2}, "in a container"),
        (rosenbrock, rosenbrock_hessian, {**ROSENBROCK, "returns": "jacobian"}, "leave returns= out"),
        (rosenbrock, rosenbrock_hessian, {**ROSENBROCK, "order": 3}, "order=3: expected 1 or 2"),
        (rosenbrock, None, ROSENBROCK, "name the scalar function by forward="),
        (np.linalg.norm, np.eye, {"inputs": {"x": distributions.probabilities("N")}, "order": 2}, "along tangents"),
    ],
)
def test_what_is_not_supported_is_told(forward, second, options, words):
    with pytest.raises(AuditError, match=words) as caught:
        check_gradient(forward, second, **options)
    assert caught.value.code == "GA004"


def test_a_missing_product_is_a_missing_gradient():
    check = check_gradient(rosenbrock, lambda x, v: None, **ROSENBROCK)
    assert [finding.code for finding in check.findings] == ["GA206"]


def test_a_scan_audits_second_derivatives(project):
    project.write(
        audits="""
        import numpy as np
        from gradaudit import audited_backward
        def f(x): return np.exp(x).sum()
        @audited_backward(forward=f, inputs={"x": "N"}, order=2)
        def right(x): return np.diag(np.exp(x))
        @audited_backward(forward=f, inputs={"x": "N"}, order=2)
        def wrong(x, v): return -np.exp(x) * v
        """
    )
    ended = project.scan("audits.py")
    assert ended.outcomes() == {"right": "passed", "wrong": "failed"}
    assert ended.codes("wrong") == ["GA202"]
    assert ended.out.count("second order: ") == 2
