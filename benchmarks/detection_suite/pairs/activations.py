"""Elementwise functions, one of them with a parameter."""

from __future__ import annotations

from typing import Any

import numpy as np

from detection_suite.pair import Array, Gradients, Pair, side_effect, small, state, upstream, value


def relu_forward(x: Array) -> tuple[Array, Any]:
    """max(x, 0)."""
    return np.maximum(x, 0.0), x


def relu_backward(dout: Array, cache: Any) -> Gradients:
    """The gradient of x."""
    x = cache
    dx = dout * (x > 0)
    return dx  # noqa: RET504 - mistakes are made in the line above


RELU = Pair(
    "relu",
    relu_forward,
    relu_backward,
    {"x": "N D"},
    (
        value("dx = dout * (x > 0)", "dx = dout * (x < 0)", x="GA201"),
        value("dx = dout * (x > 0)", "dx = dout * (x > 1)", x="GA208 GA201"),
        value("dx = dout * (x > 0)", "dx = dout", x="GA208"),
        value("dx = dout * (x > 0)", "dx = np.where(x > 0, dout, 0.01 * dout)", x="GA208"),
        value("dx = dout * (x > 0)", "dx = -dout * (x > 0)", x="GA202"),
        value("dx = dout * (x > 0)", "dx = dout * np.maximum(x, 0.0)", x="GA201"),
        value("dx = dout * (x > 0)", "dx = dout * (dout > 0)", x="GA210"),
        value("dx = dout * (x > 0)", "dx = dout * (x > 0) / len(x)", x="GA203"),
        value("dx = dout * (x > 0)", "dx = dout * (x > 0) / x.size", x="GA203"),
        value("dx = dout * (x > 0)", "dx = np.zeros_like(x)", x="GA206"),
        value("dx = dout * (x > 0)", "dx = (dout * (x > 0)).T", x="GA207"),
        value("dx = dout * (x > 0)", "dx = dout * (x > 0)\n    dx[-1] *= 2.0", x="GA208"),
        value("dx = dout * (x > 0)", "dx = (dout * (x > 0)).sum(axis=0)", x="GA207"),
        small("dx = dout * (x > 0)", "dx = 1.00005 * dout * (x > 0)", x="GA203"),
        upstream("dx = dout * (x > 0)", "dx = 1.0 * (x > 0)", "GA209"),
        upstream("dx = dout * (x > 0)", "dx = np.abs(dout) * (x > 0)", "GA210"),
        side_effect("dx = dout * (x > 0)", "dx = dout\n    dx[x <= 0] = 0.0", "GA301"),
        side_effect("np.maximum(x, 0.0), x", "np.maximum(x, 0.0, out=x), x", "GA301"),
        side_effect("dx = dout * (x > 0)", "dx = (dout * (x > 0)).astype(np.float32)", "GA304"),
        state("x = cache", 'x = KEPT.setdefault("x", cache)'),
        state("dx = dout * (x > 0)", 'dx = KEPT["dx"] = KEPT.get("dx", 0.0) + dout * (x > 0)'),
    ),
    large={"N": 20, "D": 30},
)


def sigmoid_forward(x: Array) -> tuple[Array, Any]:
    """1 / (1 + exp(-x))."""
    s = 1.0 / (1.0 + np.exp(-x))
    return s, s


def sigmoid_backward(dout: Array, cache: Any) -> Gradients:
    """The gradient of x, from the output."""
    s = cache
    dx = dout * s * (1.0 - s)
    return dx  # noqa: RET504 - as above


SIGMOID = Pair(
    "sigmoid",
    sigmoid_forward,
    sigmoid_backward,
    {"x": "N D"},
    (
        value("dout * s * (1.0 - s)", "dout * s * (s - 1.0)", x="GA202"),
        value("dout * s * (1.0 - s)", "dout * s", x="GA201"),
        value("dout * s * (1.0 - s)", "dout * (1.0 - s)", x="GA201"),
        value("dout * s * (1.0 - s)", "dout * (1.0 - s**2)", x="GA201"),
        value("dout * s * (1.0 - s)", "dout * s * (1.0 + s)", x="GA201"),
        value("dout * s * (1.0 - s)", "dout * s * (1.0 - s) * 4.0", x="GA203"),
        value("dout * s * (1.0 - s)", "dout * s * (1.0 - s) / len(s)", x="GA203"),
        value("dout * s * (1.0 - s)", "dout * s * (1.0 - s) + 0.01", x="GA210"),
        value("return s, s", "return s, x", x="GA201"),
        value("dout * s * (1.0 - s)", "dout * np.round(s, 2) * (1.0 - s)", x="GA201"),
        value("dout * s * (1.0 - s)", "np.roll(dout * s * (1.0 - s), 1, axis=0)", x="GA205"),
        value("dout * s * (1.0 - s)", "dout * s * (1.0 - s)\n    dx[0, 0] = 0.0", x="GA208"),
        value("dout * s * (1.0 - s)", "dout * s * (1.0 - s) * (s > 0.5)", x="GA208"),
        small("dout * s * (1.0 - s)", "dout * s * (1.00005 - s)", x="GA201"),
        small("dout * s * (1.0 - s)", "dout * s * (1.0 - s) + 2e-5", x="GA210 GA201"),
        small("dout * s * (1.0 - s)", "dout * s * (1.0 - s) * 1.00005", x="GA203"),
        upstream("dout * s * (1.0 - s)", "s * (1.0 - s)", "GA209"),
        upstream("dout * s * (1.0 - s)", "dout**2 * s * (1.0 - s)", "GA210"),
        side_effect("dout * s * (1.0 - s)", "dout\n    dx *= s\n    dx *= 1.0 - s", "GA301"),
        side_effect("dout * s * (1.0 - s)", "np.multiply(dout * s, 1.0 - s, out=s)", "GA301"),
        side_effect("dout * s * (1.0 - s)", "(dout * s * (1.0 - s)).astype(np.float32)", "GA304"),
        state("s = cache", 's = KEPT["s"] if "s" in KEPT else KEPT.setdefault("s", cache)'),
    ),
    large={"N": 20, "D": 30},
)


def prelu_forward(x: Array, slope: Array) -> tuple[Array, Any]:
    """X where it is positive, else slope · x with a slope for each column."""
    return np.where(x > 0, x, slope * x), (x, slope)


def prelu_backward(dout: Array, cache: Any) -> Gradients:
    """The gradients of x and of the slopes."""
    x, slope = cache
    negative = x <= 0
    dx = dout * np.where(negative, slope, 1.0)
    dslope = (dout * x * negative).sum(axis=0)
    return dx, dslope


PRELU = Pair(
    "prelu",
    prelu_forward,
    prelu_backward,
    {"x": "N D", "slope": "D"},
    (
        value("np.where(negative, slope, 1.0)", "np.where(negative, 0.0, 1.0)", x="GA208"),
        value("np.where(negative, slope, 1.0)", "np.where(negative, -slope, 1.0)", x="GA208"),
        value("np.where(negative, slope, 1.0)", "np.where(negative, slope * x, 1.0)", x="GA208"),
        value("np.where(negative, slope, 1.0)", "np.where(negative, 1.0, slope)", x="GA201"),
        value("np.where(negative, slope, 1.0)", "slope", x="GA208"),
        value("dx = dout", "dx = -dout", x="GA202"),
        value("(dout * x * negative).sum(axis=0)", "(dout * x).sum(axis=0)", slope="GA201"),
        value("(dout * x * negative).sum(axis=0)", "(dout * negative).sum(axis=0)", slope="GA201"),
        value("(dout * x * negative).sum(axis=0)", "(dout * x * negative).mean(axis=0)", slope="GA203"),
        value("(dout * x * negative).sum(axis=0)", "dout * x * negative", slope="GA207"),
        value("(dout * x * negative).sum(axis=0)", "(dout * x * negative).sum()", slope="GA207"),
        value("(dout * x * negative).sum(axis=0)", "(dout * x * ~negative).sum(axis=0)", slope="GA201"),
        value("(dout * x * negative).sum(axis=0)", "(dout * abs(x) * negative).sum(axis=0)", slope="GA202"),
        value("(dout * x * negative).sum(axis=0)", "np.zeros_like(slope)", slope="GA206"),
        small("(dout * x * negative)", "0.9999 * (dout * x * negative)", slope="GA203"),
        upstream("(dout * x * negative)", "(x * negative)", "GA209"),
        upstream("negative = x <= 0", "negative = x <= 0\n    dout = np.minimum(dout, 0.5)", "GA210"),
        side_effect("return dx, dslope", "dout *= negative\n    return dx, dslope", "GA301"),
        side_effect("return dx, dslope", "return dx.astype(np.float32), dslope", "GA304"),
        state("x, slope = cache", 'x, slope = KEPT.setdefault("cache", cache)'),
        state("dslope = ", 'dslope = KEPT["sum"] = KEPT.get("sum", 0.0) + '),
    ),
    large={"N": 20, "D": 300},
)


def swish_forward(x: Array) -> tuple[Array, Any]:
    """X · sigmoid(x)."""
    s = 1.0 / (1.0 + np.exp(-x))
    return x * s, (x, s)


def swish_backward(dout: Array, cache: Any) -> Gradients:
    """The gradient of x."""
    x, s = cache
    slope = s + x * s * (1.0 - s)
    dx = dout * slope
    return dx  # noqa: RET504 - as above


SWISH = Pair(
    "swish",
    swish_forward,
    swish_backward,
    {"x": "N C D"},
    (
        value("s + x * s * (1.0 - s)", "s - x * s * (1.0 - s)", x="GA201"),
        value("s + x * s * (1.0 - s)", "s", x="GA201"),
        value("s + x * s * (1.0 - s)", "x * s * (1.0 - s)", x="GA201"),
        value("s + x * s * (1.0 - s)", "s + s * (1.0 - s)", x="GA201"),
        value("s + x * s * (1.0 - s)", "s + x * s", x="GA201"),
        value("s + x * s * (1.0 - s)", "s + x * (1.0 - s)", x="GA201"),
        value("dx = dout * slope", "dx = -dout * slope", x="GA202"),
        value("dx = dout * slope", "dx = 2.0 * dout * slope", x="GA203"),
        value("dx = dout * slope", "dx = dout * slope / len(x)", x="GA203"),
        value("dx = dout * slope", "dx = dout * slope * (x > 0)", x="GA208"),
        value("dx = dout * slope", "dx = (dout * slope)[:, ::-1]", x="GA205"),
        value("dx = dout * slope", "dx = dout * slope\n    dx[:, 0] = 0.0", x="GA208 GA209"),
        value("dx = dout * slope", "dx = dout * slope + 0.05 * x", x="GA204"),
        small("dx = dout * slope", "dx = dout * (slope + 5e-5)", x="GA201"),
        small("s + x * s * (1.0 - s)", "s + 1.0004 * x * s * (1.0 - s)", x="GA201"),
        upstream("dx = dout * slope", "dx = np.tanh(dout) * slope", "GA210"),
        side_effect("dx = dout * slope", "dout *= slope\n    dx = dout", "GA301"),
        side_effect("dx = dout * slope", "dx = (dout * slope).astype(np.float32)", "GA304"),
        side_effect("slope = s + x * s * (1.0 - s)", "x *= s * (1.0 - s)\n    slope = s + x", "GA301"),
        state("x, s = cache", 'x, s = KEPT.setdefault("cache", cache)'),
    ),
    large={"N": 5, "C": 6, "D": 30},
)
