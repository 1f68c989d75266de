"""WRONG ON PURPOSE: a three-layer network whose backward pass has two planted mistakes.

LINEAR → RELU → LINEAR → RELU → LINEAR → SIGMOID → cross-entropy. Examples are columns: X is (n0, m).

``dW2`` is twice too large, and ``db1`` is averaged with 4/m where it should be 1/m. Both train, after a fashion, which is
why such mistakes survive. The audit names these two gradients and no others; ``course_network_fixed.py`` is the same
network put right.

    gradaudit scan examples/course_network.py
"""

import numpy as np

from gradaudit import audited_backward, distributions


def relu(Z):
    return np.maximum(Z, 0)


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def cross_entropy(Z, Y):
    """Mean of -Y log σ(Z) - (1-Y) log(1 - σ(Z)), written so that a saturated σ(Z) does not become log(0)."""
    m = Y.shape[1]
    return np.sum(Y * np.logaddexp(0, -Z) + (1 - Y) * np.logaddexp(0, Z)) / m


def forward_propagation_n(X, Y, parameters):
    """The cost of a batch: X is (n0, m), Y is (1, m)."""
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    W3, b3 = parameters["W3"], parameters["b3"]

    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    Z2 = W2 @ A1 + b2
    A2 = relu(Z2)
    Z3 = W3 @ A2 + b3
    A3 = sigmoid(Z3)

    cost = cross_entropy(Z3, Y)
    cache = (Z1, A1, W2, Z2, A2, W3, A3)
    return cost, cache


PARAMETERS = {
    "W1": "n1 n0",
    "b1": "n1 1",
    "W2": "n2 n1",
    "b2": "n2 1",
    "W3": "1 n2",
    "b3": "1 1",
}
INPUTS = {"X": "n0 m", "Y": distributions.boolean("1 m"), "parameters": PARAMETERS}


@audited_backward(forward=forward_propagation_n, inputs=INPUTS, wrt="parameters", name="wrong on purpose")
def backward_propagation_n(X, Y, cache):
    """The gradients of the cost, two of them wrong on purpose."""
    Z1, A1, W2, Z2, A2, W3, A3 = cache
    m = X.shape[1]

    dZ3 = A3 - Y
    dW3 = 1 / m * dZ3 @ A2.T
    db3 = 1 / m * np.sum(dZ3, axis=1, keepdims=True)

    dA2 = W3.T @ dZ3
    dZ2 = dA2 * (Z2 > 0)
    dW2 = 2 / m * dZ2 @ A1.T  # wrong on purpose: should be 1 / m
    db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)

    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (Z1 > 0)
    dW1 = 1 / m * dZ1 @ X.T
    db1 = 4 / m * np.sum(dZ1, axis=1, keepdims=True)  # wrong on purpose: should be 1 / m

    return {
        "dZ3": dZ3, "dW3": dW3, "db3": db3,
        "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }  # fmt: skip
