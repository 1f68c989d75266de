"""Logistic regression with an L2 penalty, J(w, b) = mean cross-entropy + λ/2m · ‖w‖², and its gradient.

The penalty's own gradient, λ/m · w, is easily forgotten, doubled, or put on the bias as well. λ is drawn like the other
inputs, so that it is never small enough to hide behind the data; ``wrt`` says that it is no parameter.

    gradaudit scan examples/regularized_cost.py
"""

import numpy as np

from gradaudit import audited_backward, distributions


def regularized_cost(w, b, X, y, strength):
    """X is (m, n), y holds m labels in {0, 1}, w is (n,), b a scalar, strength is λ."""
    m = len(y)
    scores = X @ w + b
    cross_entropy = np.sum(np.logaddexp(0, scores) - y * scores) / m
    penalty = strength / (2 * m) * np.sum(w**2)
    return cross_entropy + penalty


@audited_backward(
    forward=regularized_cost,
    inputs={
        "w": "n",
        "b": "",
        "X": "m n",
        "y": distributions.boolean("m"),
        "strength": distributions.positive(""),
    },
    wrt=("w", "b"),
)
def regularized_cost_gradient(w, b, X, y, strength):
    m = len(y)
    residual = 1 / (1 + np.exp(-(X @ w + b))) - y
    dw = X.T @ residual / m + strength / m * w
    db = np.sum(residual) / m
    return dw, db
