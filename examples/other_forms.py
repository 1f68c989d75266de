"""Backward passes that are written in other ways: pullbacks, Jacobians, derivatives; and one that is known to differ.

What each returns is seen from its result where that leaves no doubt, else said with ``returns``.

    gradaudit scan examples/other_forms.py
"""

import numpy as np

from gradaudit import audited_backward, distributions

# A pullback: the function returns its value and a function from the upstream gradient to the gradients.


@audited_backward(inputs={"x": "N D", "w": "D"})
def weighted_softplus(x, w):
    scores = x @ w

    def pullback(g):
        dscores = g / (1 + np.exp(-scores))
        return np.outer(dscores, w), x.T @ dscores

    return np.logaddexp(0, scores), pullback


# A pullback for a forward of its own, which takes the forward's output and arguments: `ans` is the output.


def log_sum_exp(x):
    largest = x.max(axis=1)
    return largest + np.log(np.exp(x - largest[:, None]).sum(axis=1))


log_sum_exp_vjp = audited_backward(forward=log_sum_exp, inputs={"x": "N C"})(
    lambda ans, x: lambda g: g[:, None] * np.exp(x - ans[:, None])
)


# A Jacobian: of shape out.shape + in.shape.


def softmax(z):
    weights = np.exp(z - z.max())
    return weights / weights.sum()


@audited_backward(forward=softmax, inputs={"z": "C"}, returns="jacobian")
def softmax_jacobian(z):
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)


# The derivative of a function that works element by element.


def swish(x):
    return x / (1 + np.exp(-x))


@audited_backward(forward=swish, inputs={"x": "N D"}, returns="elementwise")
def swish_derivative(x):
    sigmoid = 1 / (1 + np.exp(-x))
    return sigmoid + x * sigmoid * (1 - sigmoid)


# Several audits of one backward: `name` tells them apart, in the report and on the command line:
# gradaudit scan 'examples/other_forms.py::huber_derivative[tails]'


def huber(x):
    return np.where(np.abs(x) <= 1, x**2 / 2, np.abs(x) - 0.5)


CORE, TAILS = distributions.uniform("N", -0.9, 0.9), distributions.uniform("N", 2, 9)


@audited_backward(forward=huber, inputs={"x": CORE}, returns="elementwise", name="core")
@audited_backward(forward=huber, inputs={"x": TAILS}, returns="elementwise", name="tails")
@audited_backward(forward=huber, inputs={"x": "N M"}, returns="elementwise", name="anywhere")
def huber_derivative(x):
    return np.clip(x, -1, 1)


# Inputs from a set: rows of probabilities can only move along the simplex, and gradients are compared along it.


def relative_entropy(p, q):
    return np.sum(p * (np.log(p) - np.log(q)))


@audited_backward(
    forward=relative_entropy,
    inputs={"p": distributions.probabilities("N C"), "q": distributions.probabilities("N C")},
    returns="gradient",
)
def relative_entropy_gradient(p, q):
    return np.log(p) - np.log(q), -p / q  # dp lacks a constant, 1, which no direction on the simplex can see


# A parameter called like an upstream gradient that is an argument of the forward: say which it is.


def height(g, t):
    """How far something falls in the times t under the gravity g."""
    return g * t**2 / 2


@audited_backward(forward=height, inputs={"g": distributions.positive(""), "t": "N"}, bind={"g": "g"})
def height_backward(dout, g, t):
    return np.sum(dout * t**2) / 2, dout * g * t


# Wrong, and meant to be: the straight-through estimator pretends that rounding is the identity. `xfail` holds the audit
# to that: should it ever pass, it fails.


def quantize(x):
    return np.round(x)


@audited_backward(forward=quantize, inputs={"x": "N"}, xfail="a straight-through estimator")
def quantize_backward(dout, x):
    return dout
