"""Layers and networks as courses and books write them: what the audit has to be told, and what it finds by itself.

gradaudit scan examples/networks.py
"""

import numpy as np

from gradaudit import audited_backward, distributions

# Arrays in `params`, gradients in `grads` at the same places: a star stands for every index.


@audited_backward(
    make=lambda rng: Affine(rng.normal(size=(3, 4)), np.zeros(4)),
    inputs={"x": "N 3"},
    parameters={"params.*": "grads.*"},
)
class Affine:
    """y = xW + b."""

    def __init__(self, W, b):
        self.params = [W, b]
        self.grads = [np.zeros_like(W), np.zeros_like(b)]

    def forward(self, x):
        W, b = self.params
        self.x = x
        return np.dot(x, W) + b

    def backward(self, dout):
        W, b = self.params
        self.grads[0][...] = np.dot(self.x.T, dout)
        self.grads[1][...] = np.sum(dout, axis=0)
        return np.dot(dout, W.T)


# A layer without parameters needs no `make` and no `parameters`; its call is its forward.


@audited_backward(inputs={"x": "N D"})
class Sigmoid:
    """1 / (1 + exp(-x)), element by element."""

    def __call__(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * self.out * (1 - self.out)


# A network: a path leads to its layers' arrays, and a star stands for each layer that has such arrays.


@audited_backward(
    make=lambda rng: Sequential(
        Affine(rng.normal(size=(3, 5)), np.zeros(5)), Softsign(), Affine(rng.normal(size=(5, 2)), np.zeros(2))
    ),
    inputs={"x": "N 3"},
    parameters={"layers.*.params.*": "layers.*.grads.*"},
)
class Sequential:
    """One layer after the other."""

    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout


class Softsign:
    """x / (1 + |x|)."""

    def forward(self, x):
        self.x = x
        return x / (1 + np.abs(x))

    def backward(self, dout):
        return dout / (1 + np.abs(self.x)) ** 2


# A backward that takes the step of training itself: `lr` is a constant for it, and with a rate of 1 what it takes away
# from a parameter is that parameter's gradient.


@audited_backward(
    make=lambda rng: Trained(rng.normal(size=(3, 4))),
    inputs={"x": "N 3", "lr": distributions.constant(1.0)},
    parameters={"W": "step"},
)
class Trained:
    """y = xW, with an update of W in its backward."""

    def __init__(self, W):
        self.W = W

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout, lr):
        dx = dout @ self.W.T  # before the step
        self.W -= lr * self.x.T @ dout
        return dx


# A model whose method returns the loss with the gradients of its parameters: `wrt` names the dictionary.


class Regression:
    """Half the mean squared error of a linear model."""

    def __init__(self):
        self.params = {"w": np.array([1.0, -2.0, 0.5]), "b": np.array(0.3)}

    @audited_backward(inputs={"X": "N 3", "y": "N"}, wrt="params")
    def loss(self, X, y):
        residual = X @ self.params["w"] + self.params["b"] - y
        grads = {"w": X.T @ residual / len(y), "b": residual.mean()}
        return 0.5 * np.mean(residual**2), grads


# An object rather than its class: each call gets a copy of it.

regression = Regression()
same_object = audited_backward(inputs={"X": "N 3", "y": "N"}, wrt="params")(regression.loss)
