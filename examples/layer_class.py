"""Layers that are objects: they hold their parameters, and their backward leaves the gradients beside them.

``make`` builds a layer from the trial's generator, ``inputs`` feed its ``forward``, and ``parameters`` says where each
parameter's gradient is found after ``backward``. The gradient with respect to the input is what ``backward`` returns.

    gradaudit scan examples/layer_class.py
"""

import numpy as np

from gradaudit import audited_backward


@audited_backward(
    make=lambda rng: Linear(3, 4, rng),
    inputs={"x": "N 3"},
    parameters={"W": "dW", "b": "db"},
)
class Linear:
    """y = xW + b; the gradients are attributes."""

    def __init__(self, fan_in, fan_out, rng):
        self.W = rng.normal(scale=fan_in**-0.5, size=(fan_in, fan_out))
        self.b = np.zeros(fan_out)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


@audited_backward(
    make=lambda rng: LayerNorm(5),
    inputs={"x": "N 5"},
    parameters={"parameters.gain": "gradients.gain", "parameters.shift": "gradients.shift"},
)
class LayerNorm:
    """Each row is brought to mean 0 and variance 1, then scaled and shifted; the gradients are in a dictionary."""

    def __init__(self, features, eps=1e-5):
        self.parameters = {"gain": np.ones(features), "shift": np.zeros(features)}
        self.gradients = {}
        self.eps = eps

    def forward(self, x):
        self.std = np.sqrt(x.var(axis=1, keepdims=True) + self.eps)
        self.normalized = (x - x.mean(axis=1, keepdims=True)) / self.std
        return self.parameters["gain"] * self.normalized + self.parameters["shift"]

    def backward(self, dout):
        self.gradients["gain"] = (dout * self.normalized).sum(axis=0)
        self.gradients["shift"] = dout.sum(axis=0)
        dnormalized = dout * self.parameters["gain"]
        stretch = (dnormalized * self.normalized).mean(axis=1, keepdims=True)
        return (dnormalized - dnormalized.mean(axis=1, keepdims=True) - self.normalized * stretch) / self.std
