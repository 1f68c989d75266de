"""Normalisation over a batch, over features, and of rows to unit length."""

from __future__ import annotations

from typing import Any

import numpy as np

from detection_suite.pair import Array, Gradients, Pair, side_effect, size, small, state, upstream, value

GUARD = 1e-4
"""Added to variances and squared norms, so that nothing is divided by zero."""


def batch_norm_forward(x: Array, gamma: Array, beta: Array) -> tuple[Array, Any]:
    """γ x̂ + β with x̂ of mean 0 and variance 1 in each column."""
    std = np.sqrt(x.var(axis=0) + GUARD)
    xhat = (x - x.mean(axis=0)) / std
    return gamma * xhat + beta, (xhat, gamma, std)


def batch_norm_backward(dout: Array, cache: Any) -> Gradients:
    """The gradients of x, γ and β."""
    xhat, gamma, std = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    d = dout * gamma
    along = xhat * (d * xhat).mean(axis=0)
    dx = (d - d.mean(axis=0) - along) / std
    return dx, dgamma, dbeta


BATCH_NORM = Pair(
    "batch norm",
    batch_norm_forward,
    batch_norm_backward,
    {"x": "N D", "gamma": "D", "beta": "D"},
    (
        value("d - d.mean(axis=0) - along", "d - along", x="GA201"),
        value("d - d.mean(axis=0) - along", "d - d.mean(axis=0)", x="GA201"),
        value("d - d.mean(axis=0) - along", "d - d.mean(axis=0) + along", x="GA201"),
        value("d - d.mean(axis=0) - along", "d - d.sum(axis=0) - along", x="GA201"),
        value("along) / std", "along)", x="GA201"),
        value("along) / std", "along) / std**2", x="GA201"),
        value("d = dout * gamma", "d = dout", x="GA201"),
        value("along) / std", "along) / std / len(xhat)", x="GA203"),
        value("along) / std", "along) / std[::-1]", x="GA201"),
        value("xhat * (d * xhat).mean(axis=0)", "xhat * (d * xhat).mean()", x="GA201"),
        value("(dout * xhat).sum(axis=0)", "(dout * xhat).mean(axis=0)", gamma="GA203"),
        value("(dout * xhat).sum(axis=0)", "(dout * xhat * gamma).sum(axis=0)", gamma="GA201"),
        value("(dout * xhat).sum(axis=0)", "dout.sum(axis=0)", gamma="GA212 GA201"),
        value("return dx, dgamma, dbeta", "return dx, dbeta, dgamma", gamma="GA212", beta="GA212"),
        value("dbeta = dout.sum(axis=0)", "dbeta = dout.sum(axis=1)", beta="GA207"),
        small("along) / std", "along) / np.sqrt(std**2 - GUARD)", x="GA201"),
        small("dgamma = (dout * xhat)", "dgamma = 1.00008 * (dout * xhat)", gamma="GA203"),
        size("return dx, dgamma, dbeta", "return dx, dgamma.squeeze(), dbeta.squeeze()", gamma="GA207", beta="GA207"),
        upstream("dbeta = dout.sum(axis=0)", "dbeta = np.abs(dout).sum(axis=0)", "GA210"),
        upstream("dbeta = dout.sum(axis=0)", "dbeta = np.full_like(gamma, len(dout))", "GA209"),
        side_effect("d = dout * gamma", "dout *= gamma\n    d = dout", "GA301"),
        side_effect("xhat, gamma, std = cache", "xhat, gamma, std = cache\n    gamma += 1e-3", "GA301"),
        state("xhat, gamma, std = cache", 'xhat, gamma, std = KEPT.setdefault("cache", cache)'),
        state("dbeta = dout", 'dbeta = KEPT["b"] = KEPT.get("b", 0.0) + dout'),
    ),
    sizes={"N": (2, 8)},
    large={"N": 20, "D": 300},
)


def layer_norm_forward(x: Array, gamma: Array, beta: Array) -> tuple[Array, Any]:
    """γ x̂ + β with x̂ of mean 0 and variance 1 in each row."""
    std = np.sqrt(x.var(axis=-1, keepdims=True) + GUARD)
    xhat = (x - x.mean(axis=-1, keepdims=True)) / std
    return gamma * xhat + beta, (xhat, gamma, std)


def layer_norm_backward(dout: Array, cache: Any) -> Gradients:
    """The gradients of x, γ and β."""
    xhat, gamma, std = cache
    dbeta = dout.sum(axis=(0, 1))
    dgamma = (dout * xhat).sum(axis=(0, 1))
    d = dout * gamma
    centred = d - d.mean(axis=-1, keepdims=True)
    along = xhat * (d * xhat).mean(axis=-1, keepdims=True)
    dx = (centred - along) / std
    return dx, dgamma, dbeta


LAYER_NORM = Pair(
    "layer norm",
    layer_norm_forward,
    layer_norm_backward,
    {"x": "N T D", "gamma": "D", "beta": "D"},
    (
        value("dx = (centred - along) / std", "dx = centred / std", x="GA201"),
        value("dx = (centred - along) / std", "dx = (d - along) / std", x="GA201"),
        value("dx = (centred - along) / std", "dx = (centred + along) / std", x="GA201"),
        value("dx = (centred - along) / std", "dx = (centred - along) * std", x="GA201"),
        value("dx = (centred - along) / std", "dx = d / std", x="GA201"),
        value("dx = (centred - along) / std", "dx = (along - centred) / std", x="GA202"),
        value("dx = (centred - along) / std", "dx = (centred - along) / std / xhat.shape[-1]", x="GA203"),
        value("centred = d - d.mean(axis=-1, keepdims=True)", "centred = d - d.mean(axis=1, keepdims=True)", x="GA201"),
        value("d = dout * gamma", "d = dout", x="GA201"),
        value("(d * xhat).mean(axis=-1, keepdims=True)", "(d * xhat).sum(axis=-1, keepdims=True)", x="GA201"),
        value("(dout * xhat).sum(axis=(0, 1))", "(dout * xhat).sum(axis=0)", gamma="GA207"),
        value("(dout * xhat).sum(axis=(0, 1))", "(dout * xhat).sum(axis=1)[0]", gamma="GA209 GA201"),
        value("(dout * xhat).sum(axis=(0, 1))", "(dout * xhat).mean(axis=(0, 1))", gamma="GA203"),
        value("dbeta = dout.sum(axis=(0, 1))", "dbeta = -dout.sum(axis=(0, 1))", beta="GA202"),
        value("dbeta = dout.sum(axis=(0, 1))", "dbeta = dout.sum(axis=(0, 1))\n    dbeta[-1] = 0.0", beta="GA208"),
        small("dx = (centred - along) / std", "dx = (centred - along) / np.sqrt(std**2 - GUARD)", x="GA201"),
        small("dx = (centred - along)", "dx = (centred - 0.9998 * along)", x="GA201"),
        upstream("dbeta = dout.sum", "dbeta = np.sign(dout).sum", "GA210"),
        side_effect("d = dout * gamma", "d = dout\n    d *= gamma", "GA301"),
        side_effect("dx = (centred - along) / std", "dx = ((centred - along) / std).astype(np.float32)", "GA304"),
        side_effect("std = np.sqrt", "x += 1.0\n    std = np.sqrt", "GA301"),
        state("xhat, gamma, std = cache", 'xhat, gamma, std = KEPT.setdefault("cache", cache)'),
        state("dgamma = (dout", 'dgamma = KEPT["g"] = KEPT.get("g", 0.0) + (dout'),
    ),
    sizes={"D": (2, 8)},
    large={"N": 4, "T": 5, "D": 300},
)


def unit_rows_forward(x: Array) -> tuple[Array, Any]:
    """Each row divided by its length."""
    length = np.sqrt((x**2).sum(axis=1, keepdims=True) + GUARD)
    y = x / length
    return y, (y, length)


def unit_rows_backward(dout: Array, cache: Any) -> Gradients:
    """The gradient of x: what of the upstream gradient is across the row, over its length."""
    y, length = cache
    along = (dout * y).sum(axis=1, keepdims=True)
    dx = (dout - along * y) / length
    return dx  # noqa: RET504 - mistakes are made in the line above


UNIT_ROWS = Pair(
    "unit rows",
    unit_rows_forward,
    unit_rows_backward,
    {"x": "N D"},
    (
        value("(dout - along * y) / length", "dout / length", x="GA201"),
        value("(dout - along * y) / length", "dout - along * y", x="GA201"),
        value("(dout - along * y) / length", "(dout - along * y) / length**2", x="GA201"),
        value("(dout - along * y) / length", "(dout + along * y) / length", x="GA201"),
        value("(dout - along * y) / length", "(dout - along) / length", x="GA201"),
        value("(dout - along * y) / length", "(along * y - dout) / length", x="GA202"),
        value("(dout - along * y) / length", "2.0 * (dout - along * y) / length", x="GA203"),
        value("(dout - along * y) / length", "(dout - along * y) / length / len(y)", x="GA203"),
        value("(dout * y).sum(axis=1, keepdims=True)", "(dout * y).sum()", x="GA201"),
        value("(dout * y).sum(axis=1, keepdims=True)", "(dout * y).mean(axis=1, keepdims=True)", x="GA201"),
        value("(dout * y).sum(axis=1, keepdims=True)", "dout.sum(axis=1, keepdims=True)", x="GA201"),
        value("(dout - along * y) / length", "(dout - along * y) / length[::-1]", x="GA201"),
        value("(dout - along * y) / length", "((dout - along * y) / length)[::-1]", x="GA205"),
        value("(dout - along * y) / length", "(dout - along * y) / length + 0.01 * length * y", x="GA204"),
        small("(dout - along * y) / length", "(dout - 0.9998 * along * y) / length", x="GA201"),
        small("(dout - along * y) / length", "(dout - along * y) / (length + 1.5e-4)", x="GA201"),
        upstream("(dout - along * y) / length", "(1.0 - along * y) / length", "GA210 GA201"),
        side_effect("(dout - along * y) / length", "dout\n    dx -= along * y\n    dx /= length", "GA301"),
        side_effect("y = x / length", "x /= length\n    y = x", "GA301"),
        state("y, length = cache", 'y, length = KEPT.setdefault("cache", cache)'),
    ),
    sizes={"D": (2, 8)},
    large={"N": 30, "D": 20},
)
