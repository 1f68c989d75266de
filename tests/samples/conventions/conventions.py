"""Every calling convention, each with a right and a wrong gradient; the wrong ones are called so."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gradaudit import audited_backward, distributions

AFFINE = {"x": "N D", "w": "D M", "b": "M"}


# A cache, a tuple of gradients.
def affine(x, w, b):
    return x @ w + b, (x, w)


@audited_backward(forward=affine, inputs=AFFINE)
def cache_right(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


@audited_backward(forward=affine, inputs=AFFINE)
def cache_wrong(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.mean(axis=0)


# No cache: the forward's arguments again, a mapping by name.
def affine_only(x, w, b):
    return x @ w + b


@audited_backward(forward=affine_only, inputs=AFFINE)
def arguments_right(dout, x, w):
    return {"dx": dout @ w.T, "dw": x.T @ dout, "db": dout.sum(axis=0), "other": 1}


@audited_backward(forward=affine_only, inputs=AFFINE)
def arguments_wrong(dout, x, w):
    return {"dx": dout @ w.T, "dw": -x.T @ dout, "db": dout.sum(axis=0)}


# The output, under one of its names.
@audited_backward(forward=np.tanh, inputs={"x": "N D"}, bind={"g": "upstream", "ans": "output"})
def output_right(g, ans):
    return g * (1 - ans**2)


@audited_backward(forward=lambda x: np.tanh(x), inputs={"x": "N D"})
def output_wrong(g, ans):
    return g * (1 - ans)


# Two outputs, two upstream gradients.
def sum_and_product(a, b):
    return a + b, a * b


@audited_backward(forward=sum_and_product, inputs={"a": "N", "b": "N"})
def two_outputs_right(dsum, dproduct, a, b):
    return dsum + dproduct * b, dsum + dproduct * a


@audited_backward(forward=sum_and_product, inputs={"a": "N", "b": "N"})
def two_outputs_wrong(dsum, dproduct, a, b):
    return dsum + dproduct * b, dsum


# An extra in the returned tuple that is no output.
def with_extra(x):
    return x**2, "extra"


@audited_backward(forward=with_extra, inputs={"x": "N"}, outputs=1)
def outputs_right(dout, x):
    return 2 * x * dout


# The gradient of a scalar, of a nested dictionary.
def cost(X, parameters):
    return float(np.sum((X @ parameters["W"] + parameters["b"]) ** 2)), None


PARAMETERS = {"X": "N D", "parameters": {"W": "D M", "b": "M"}}


@audited_backward(forward=cost, inputs=PARAMETERS, wrt="parameters", outputs=1)
def nested_right(X, parameters):
    out = X @ parameters["W"] + parameters["b"]
    return {"dW": 2 * X.T @ out, "db": 2 * out.sum(axis=0), "dZ": out}


@audited_backward(forward=cost, inputs=PARAMETERS, wrt="parameters", outputs=1)
def nested_wrong(X, parameters):
    out = X @ parameters["W"] + parameters["b"]
    return {"dW": X.T @ out, "db": 2 * out.sum(axis=0)}


# Containers of other kinds, returned in kind.
class Pair(NamedTuple):
    a: np.ndarray
    b: np.ndarray


@dataclass(frozen=True)
class Record:
    c: object
    d: object


def containers(pair, record, layers):
    return np.sum(pair.a**2) + np.sum(record.c**3) + np.sum(layers[0]["w"] * layers[1]["w"]) + pair.b.sum() * record.d


@audited_backward(
    forward=containers,
    inputs={"pair": Pair("N", "M"), "record": Record("N M", ""), "layers": [{"w": "N"}, {"w": "N"}]},
)
def containers_right(pair, record, layers):
    return (
        Pair(2 * pair.a, np.full_like(pair.b, record.d)),
        Record(3 * record.c**2, pair.b.sum()),
        [{"w": layers[1]["w"].copy()}, {"w": layers[0]["w"].copy()}],
    )


# A Jacobian, an elementwise derivative.
def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


@audited_backward(forward=softmax, inputs={"z": "N"})
def jacobian_right(z):
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)


@audited_backward(forward=softmax, inputs={"z": "N"})
def jacobian_wrong(z):
    p = softmax(z)
    return np.diag(p) + np.outer(p, p)


@audited_backward(forward=lambda x: x**3, inputs={"x": "N D"})
def elementwise_right(x):
    return 3 * x**2


@audited_backward(forward=lambda x: x**3, inputs={"x": "N D"}, returns="elementwise")
def elementwise_wrong(x):
    return 2 * x**2


# Value and gradient, together; value and pullback; a maker of pullbacks.
@audited_backward(inputs={"x": "N"})
def value_and_gradient_right(x):
    return np.sum(x**2), 2 * x


@audited_backward(inputs={"x": "N", "y": "N"})
def value_and_gradients_right(x, y):
    return np.sum(x * y), (1 * y, 1 * x)


@audited_backward(inputs={"x": "N"})
def value_and_gradient_wrong(x):
    return np.sum(x**2), x


@audited_backward(inputs={"x": "N D"})
def pullback_right(x):
    return np.sin(x), lambda g: g * np.cos(x)


@audited_backward(inputs={"x": "N D"})
def pullback_wrong(x):
    return np.sin(x), lambda g: -g * np.cos(x)


@audited_backward(forward=lambda x: np.log(x), inputs={"x": distributions.positive("N")})
def maker_right(ans, x):
    return lambda g: g / x


# Layer objects: a class, a method, parameters behind dotted paths, gradients in a returned mapping.
@audited_backward(make=lambda rng: LayerRight(3, 4, rng), inputs={"x": "N 3"}, parameters={"W": "dW", "b": "dbias"})
class LayerRight:
    def __init__(self, inside, outside, rng):
        self.W = rng.standard_normal((inside, outside))
        self.b = np.zeros(outside)
        self.dW = np.zeros_like(self.W)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW += self.x.T @ dout
        self.dbias = dout.sum(axis=0)
        return dout @ self.W.T


@audited_backward(make=lambda rng: LayerWrong(3, 4, rng), inputs={"x": "N 3"}, parameters={"W": "dW"})
class LayerWrong(LayerRight):
    def backward(self, dout):
        super().backward(dout)
        self.dW = 2 * self.dW
        return dout @ self.W.T


class Scale:
    def __init__(self):
        self.parameters = {"s": np.array([2.0, 3.0])}
        self.gradients = {}

    def run(self, x):
        self.x = x
        return x * self.parameters["s"]

    @audited_backward(forward=run, inputs={"x": "N 2"}, parameters={"parameters.s": "gradients.s"})
    def method_right(self, dout):
        self.gradients["s"] = (dout * self.x).sum(axis=0)
        return dout * self.parameters["s"]


class Model:
    def __init__(self):
        self.params = {"w": np.array([1.0, -2.0])}

    @audited_backward(inputs={"X": "N 2"}, wrt="params.w", parameters={"params.w": "w"})
    def loss_right(self, X):
        out = X @ self.params["w"]
        return np.sum(out**2), {"w": 2 * X.T @ out}


# Static methods with a context that both share.
@audited_backward(inputs={"x": "N D", "w": "D M"})
class FunctionRight:
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        ctx.scale = 2.0
        return ctx.scale * (x @ w)

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        return ctx.scale * grad_output @ w.T, ctx.scale * x.T @ grad_output


# Random state: a generator, NumPy's global state, the standard library's.
def dropout(x, rng):
    mask = rng.random(x.shape) < 0.5
    return x * mask, mask


@audited_backward(forward=dropout, inputs={"x": "N D"})
def generator_right(dout, cache):
    return dout * cache


def global_dropout(x):
    mask = np.random.rand(*x.shape) < 0.5
    keep = random.random()
    return keep * x * mask, keep * mask


@audited_backward(forward=global_dropout, inputs={"x": "N D"})
def global_state_right(dout, cache):
    return dout * cache


counter = [0.0]


def drifting(x):
    counter[0] += 1.0
    return np.sum(x) * counter[0]


@audited_backward(forward=drifting, inputs={"x": "N"})
def nondeterministic(x):
    return np.ones_like(x)


# The call form, stacked audits, a loop.
square_audit_right = audited_backward(forward=lambda x: x**2, inputs={"x": "N"})(lambda dout, x: 2 * x * dout)


@audited_backward(forward=lambda x: x**2, inputs={"x": "N"}, name="square")
@audited_backward(forward=lambda x: x**2 + 1, inputs={"x": "N D"}, name="shifted")
def stacked_right(dout, x):
    return 2 * x * dout


for power in (2, 3):
    loop = audited_backward(forward=lambda x, p=power: x**p, inputs={"x": "N"}, name=f"power {power}")(
        lambda dout, x, p=power: p * x ** (p - 1) * dout
    )

# What is skipped, and what is known to fail.


@audited_backward(forward=affine, inputs=AFFINE, skip="needs a quiet machine")
def skipped(dout, cache):
    raise AssertionError("not run")


@audited_backward(forward=lambda x: x**2, inputs={"x": "N"}, xfail="straight through")
def known(dout):
    return dout


@audited_backward(forward=lambda x: x**2, inputs={"x": "N"}, xfail="was wrong once")
def no_longer_wrong(dout, x):
    return 2 * x * dout


# Missing, wrong shape, not finite, zero.
@audited_backward(forward=affine, inputs=AFFINE)
def missing(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, None


@audited_backward(forward=affine, inputs=AFFINE)
def unsummed(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout


@audited_backward(forward=affine, inputs=AFFINE)
def infinite(dout, cache):
    x, w = cache
    with np.errstate(all="ignore"):
        return dout @ w.T / np.zeros(1), x.T @ dout, dout.sum(axis=0)


@audited_backward(forward=affine, inputs=AFFINE)
def zero(dout, cache):
    x, w = cache
    return dout @ w.T, np.zeros_like(w), dout.sum(axis=0)


# Where nothing can be said.
@audited_backward(forward=lambda x: np.sqrt(-np.abs(x)), inputs={"x": "N"})
def never_finite(dout, x):
    return dout
