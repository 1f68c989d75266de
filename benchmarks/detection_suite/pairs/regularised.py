"""Losses with penalties: a network with weight decay, and the elastic net."""

from __future__ import annotations

from typing import Any

import numpy as np

from detection_suite.pair import Array, Gradients, Pair, side_effect, small, state, upstream, value

DECAY = 0.1
LASSO = 0.05


def network_forward(x: Array, y: Array, w1: Array, b1: Array, w2: Array, b2: Array) -> tuple[Any, Any]:  # noqa: PLR0913, PLR0917
    """Half the mean squared error of tanh(x W1 + b1) W2 + b2, and λ/2 times the squares of both weights."""
    hidden = np.tanh(x @ w1 + b1)
    error = hidden @ w2 + b2 - y
    penalty = DECAY / 2.0 * ((w1**2).sum() + (w2**2).sum())
    return (error**2).sum() / (2 * len(x)) + penalty, (x, hidden, error, w1, w2)


def network_backward(dloss: Any, cache: Any) -> Gradients:
    """The gradients of the weights and biases."""
    x, hidden, error, w1, w2 = cache
    d = dloss * error / len(x)
    dw2 = hidden.T @ d + dloss * DECAY * w2
    db2 = d.sum(axis=0)
    dhidden = d @ w2.T
    dz = dhidden * (1.0 - hidden**2)
    dw1 = x.T @ dz + dloss * DECAY * w1
    db1 = dz.sum(axis=0)
    return dw1, db1, dw2, db2


NETWORK = Pair(
    "network with weight decay",
    network_forward,
    network_backward,
    {"x": "N D", "y": "N M", "w1": "D H", "b1": "H", "w2": "H M", "b2": "M"},
    (
        value("x.T @ dz + dloss * DECAY * w1", "x.T @ dz", w1="GA204"),
        value("hidden.T @ d + dloss * DECAY * w2", "hidden.T @ d", w2="GA204"),
        value("x.T @ dz + dloss * DECAY * w1", "x.T @ dz + dloss * DECAY * w1 / 2.0", w1="GA204"),
        value("x.T @ dz + dloss * DECAY * w1", "x.T @ dz - dloss * DECAY * w1", w1="GA204"),
        value("x.T @ dz + dloss * DECAY * w1", "x.T @ dz + dloss * DECAY * w1 / len(x)", w1="GA204"),
        value("x.T @ dz + dloss * DECAY * w1", "x.T @ dz + dloss * DECAY * np.sign(w1)", w1="GA204"),
        value("db1 = dz.sum(axis=0)", "db1 = dz.sum(axis=0) + dloss * DECAY", b1="GA201"),
        value("d = dloss * error / len(x)", "d = dloss * error", w1="GA201", b1="GA203", w2="GA201", b2="GA203"),
        value(
            "d = dloss * error / len(x)", "d = -dloss * error / len(x)", w1="GA201", b1="GA202", w2="GA201", b2="GA202"
        ),
        value(
            "d = dloss * error / len(x)",
            "d = dloss * error / error.size",
            w1="GA201",
            b1="GA203",
            w2="GA201",
            b2="GA203",
        ),
        value("(1.0 - hidden**2)", "(1.0 - hidden)", w1="GA201", b1="GA201"),
        value("dhidden * (1.0 - hidden**2)", "dhidden", w1="GA201", b1="GA201"),
        value("dhidden = d @ w2.T", "dhidden = d @ w2.T * 2.0", w1="GA201", b1="GA203"),
        value("db1 = dz.sum(axis=0)", "db1 = dz.mean(axis=0)", b1="GA203"),
        value("db2 = d.sum(axis=0)", "db2 = d.sum(axis=0, keepdims=True)", b2="GA207"),
        value("db2 = d.sum(axis=0)", "db2 = np.zeros(d.shape[1])", b2="GA206"),
        value("return dw1, db1, dw2, db2", "dw1[:, 0] = 0.0\n    return dw1, db1, dw2, db2", w1="GA208"),
        small("dw2 = hidden.T @ d", "dw2 = 1.0001 * hidden.T @ d", w2="GA201"),
        small("dloss * DECAY * w1", "dloss * 1.0006 * DECAY * w1", w1="GA204"),
        upstream("d = dloss * error", "d = error", "GA209 GA203 GA201"),
        upstream("hidden.T @ d + dloss * DECAY * w2", "hidden.T @ d + DECAY * w2", "GA204 GA209 GA210"),
        side_effect("d = dloss * error / len(x)", "error *= dloss / len(x)\n    d = error", "GA301"),
        side_effect("dw1 = x.T @ dz + dloss * DECAY * w1", "w1 *= dloss * DECAY\n    dw1 = x.T @ dz + w1", "GA301"),
        side_effect("return dw1, db1", "return dw1.astype(np.float32), db1", "GA304"),
        state("error, w1, w2 = cache", 'error, w1, w2 = KEPT.setdefault("cache", cache)'),
        state("db2 = d.sum(axis=0)", 'db2 = KEPT["b"] = KEPT.get("b", 0.0) + d.sum(axis=0)'),
    ),
    sizes={"N": (2, 6), "D": (2, 6), "H": (2, 6), "M": (2, 6)},
    large={"N": 20, "D": 18, "H": 300, "M": 5},
    wrt=("w1", "b1", "w2", "b2"),
)


def elastic_net_forward(x: Array, y: Array, w: Array) -> tuple[Any, Any]:
    """Half the mean squared error of x w, μ times |w| and λ/2 times w²."""
    r = x @ w - y
    return r @ r / (2 * len(x)) + LASSO * np.abs(w).sum() + DECAY / 2.0 * w @ w, (x, r, w)


def elastic_net_backward(dloss: Any, cache: Any) -> Gradients:
    """The gradient of w."""
    x, r, w = cache
    fit = x.T @ r / len(x)
    dw = dloss * (fit + LASSO * np.sign(w) + DECAY * w)
    return dw  # noqa: RET504 - mistakes are made in the lines above


ELASTIC_NET = Pair(
    "elastic net",
    elastic_net_forward,
    elastic_net_backward,
    {"x": "N D", "y": "N", "w": "D"},
    (
        value("fit + LASSO * np.sign(w) + DECAY * w", "fit", w="GA204"),
        value("fit + LASSO * np.sign(w) + DECAY * w", "fit + DECAY * w", w="GA204"),
        value("fit + LASSO * np.sign(w) + DECAY * w", "fit + LASSO * np.sign(w)", w="GA204"),
        value("fit + LASSO * np.sign(w) + DECAY * w", "fit + LASSO * np.sign(w) + 2.0 * DECAY * w", w="GA204"),
        value("fit + LASSO * np.sign(w) + DECAY * w", "fit + LASSO * np.sign(w) + DECAY / 2.0 * w", w="GA204"),
        value("fit + LASSO * np.sign(w) + DECAY * w", "fit + LASSO * np.abs(w) + DECAY * w", w="GA208 GA201"),
        value("fit + LASSO * np.sign(w) + DECAY * w", "fit + LASSO + DECAY * w", w="GA208 GA201"),
        value("fit + LASSO * np.sign(w) + DECAY * w", "fit - LASSO * np.sign(w) + DECAY * w", w="GA204"),
        value("fit + LASSO * np.sign(w) + DECAY * w", "fit + LASSO * np.sign(w) - DECAY * w", w="GA204"),
        value("fit = x.T @ r / len(x)", "fit = x.T @ r", w="GA201"),
        value("fit = x.T @ r / len(x)", "fit = -x.T @ r / len(x)", w="GA201"),
        value("fit = x.T @ r / len(x)", "fit = 2.0 * x.T @ r / len(x)", w="GA201"),
        value("dw = dloss * (fit + LASSO", "dw = -dloss * (fit + LASSO", w="GA202"),
        value("fit = x.T @ r / len(x)", "fit = x.T @ np.abs(r) / len(x)", w="GA201"),
        value("fit = x.T @ r / len(x)", "fit = x[:-1].T @ r[:-1] / len(x)", w="GA201"),
        small("LASSO * np.sign(w) + DECAY * w", "LASSO * np.sign(w) + 1.001 * DECAY * w", w="GA204"),
        small("fit = x.T @ r / len(x)", "fit = x.T @ r / (len(x) + 4e-4)", w="GA201"),
        upstream("dw = dloss * (fit + LASSO", "dw = (fit + LASSO", "GA209 GA203"),
        upstream(
            "dloss * (fit + LASSO * np.sign(w) + DECAY * w)",
            "dloss * fit + LASSO * np.sign(w) + DECAY * w",
            "GA204 GA210 GA201",
        ),
        side_effect("fit = x.T @ r / len(x)", "r /= len(x)\n    fit = x.T @ r", "GA301"),
        side_effect("r = x @ w - y", "y -= x @ w\n    r = -y", "GA301"),
        state("x, r, w = cache", 'x, r, w = KEPT.setdefault("cache", cache)'),
    ),
    large={"N": 30, "D": 300},
    wrt=("w",),
)
