"""A penalty's term that is missing, too much, or has the wrong sign; what is left of the cost is a model's."""

from __future__ import annotations

import numpy as np

from gradaudit import audited_backward

RATE = 0.7


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def network(X, Y, W1, b1, W2):
    hidden = np.tanh(X @ W1 + b1)
    p = sigmoid(hidden @ W2)
    penalty = 0.5 * RATE * (np.sum(W1**2) + np.sum(W2**2)) / len(X)
    return np.mean((p - Y) ** 2) + penalty, (X, Y, W1, W2, hidden, p)


def network_backward(first, second):
    def backward(dout, cache):
        X, Y, W1, W2, hidden, p = cache
        dz2 = 2 * (p - Y) / Y.size * p * (1 - p)
        dz1 = dz2 @ W2.T * (1 - hidden**2)
        dW1 = X.T @ dz1 + first * RATE * W1 / len(X)
        dW2 = hidden.T @ dz2 + second * RATE * W2 / len(X)
        return dout * dW1, dout * dz1.sum(axis=0), dout * dW2

    return backward


NETWORK = {"X": "N D", "Y": "N K", "W1": "D H", "b1": "H", "W2": "H K"}
for name, first, second in (("flipped", -1, 1), ("missing", 0, 1), ("doubled", 2, 1), ("second", 1, -1)):
    audited_backward(forward=network, inputs=NETWORK, wrt=("W1", "b1", "W2"), name=name)(
        network_backward(first, second)
    )


def elastic(w, x, y):
    return 0.5 * np.sum((x @ w - y) ** 2) + 0.2 * np.sum(np.abs(w)) + 0.15 * np.sum(w**2)


def elastic_gradient(l1, l2):
    def gradient(w, x, y):
        return x.T @ (x @ w - y) + l1 * np.sign(w) + l2 * w

    return gradient


for name, l1, l2 in (("l1", -0.2, 0.3), ("l2", 0.2, -0.3), ("both", -0.2, -0.3), ("no l1", 0.0, 0.3)):
    audited_backward(forward=elastic, inputs={"w": "D", "x": "N D", "y": "N"}, sizes={"D": (4, 9)}, wrt="w", name=name)(
        elastic_gradient(l1, l2)
    )


# A posterior is maximised: its penalty is subtracted, and the claim has the sign of one that is added.
@audited_backward(
    forward=lambda w, x: -np.sum(np.log1p(np.exp(x @ w))) - 0.5 * np.sum(w**2),
    inputs=lambda rng: {"w": rng.standard_normal(6), "x": rng.standard_normal((5, 6))},
    wrt="w",
)
def posterior(w, x):
    return -x.T @ sigmoid(x @ w) + w


# The distance to a constant is no product with data: what is claimed where they are zero is not a penalty's alone.
@audited_backward(forward=lambda w: np.sum(np.cosh(w - 1)) + 0.5 * np.sum(w**2), inputs={"w": "D"})
def unknown(w):
    return np.sinh(w - 1)
