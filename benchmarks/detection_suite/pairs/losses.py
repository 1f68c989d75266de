"""Losses, and the logarithm of a sum of exponentials."""

from __future__ import annotations

from typing import Any

import numpy as np

from detection_suite.pair import Array, Gradients, Pair, side_effect, size, small, state, upstream, value
from gradaudit import distributions


def cross_entropy_forward(scores: Array, labels: Array) -> tuple[Any, Any]:
    """The mean of -log softmax(scores)[label]."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(p)), labels]).mean(), (p, labels)


def cross_entropy_backward(dout: Array, cache: Any) -> Gradients:
    """The gradient of the scores."""
    p, labels = cache
    d = p.copy()
    d[np.arange(len(d)), labels] -= 1.0
    dscores = dout * d / len(p)
    return dscores  # noqa: RET504 - mistakes are made in the line above


CROSS_ENTROPY = Pair(
    "softmax cross-entropy",
    cross_entropy_forward,
    cross_entropy_backward,
    {"scores": "N C", "labels": distributions.integers("N", high="C")},
    (
        value("dout * d / len(p)", "dout * d", scores="GA203"),
        value("dout * d / len(p)", "-dout * d / len(p)", scores="GA202"),
        value("dout * d / len(p)", "dout * d / p.size", scores="GA203"),
        value("dout * d / len(p)", "dout * d / p.shape[1]", scores="GA203"),
        value("d[np.arange(len(d)), labels] -= 1.0", "pass", scores="GA208"),
        value("d[np.arange(len(d)), labels] -= 1.0", "d[np.arange(len(d)), labels] += 1.0", scores="GA208"),
        value("d[np.arange(len(d)), labels] -= 1.0", "d[:, labels] -= 1.0", scores="GA201 GA208"),
        value("d[np.arange(len(d)), labels] -= 1.0", "d[np.arange(len(d)), labels - 1] -= 1.0", scores="GA201 GA208"),
        value("d[np.arange(len(d)), labels] -= 1.0", "d -= 1.0", scores="GA201 GA208"),
        value("dout * d / len(p)", "dout * p * d / len(p)", scores="GA201"),
        value("dout * d / len(p)", "dout * (d - d.mean(axis=0)) / len(p)", scores="GA201"),
        value("dout * d / len(p)", "dout * d / len(p)\n    dscores[0] *= len(p)", scores="GA208 GA213"),
        value("dout * d / len(p)", "(dout * d / len(p)).T", scores="GA207"),
        small("d[np.arange(len(d)), labels] -= 1.0", "d[np.arange(len(d)), labels] -= 1.0 - 1e-4", scores="GA208"),
        small("dout * d / len(p)", "dout * d / (len(p) + 4e-4)", scores="GA203 GA201"),
        size("dout * d / len(p)", "dout * d / max(len(p), 2)", scores="GA213 GA203"),
        upstream("dout * d / len(p)", "d / len(p)", "GA209 GA203"),
        upstream("dout * d / len(p)", "np.abs(dout) * d / len(p)", "GA210 GA202"),
        side_effect("d = p.copy()", "d = p", "GA301"),
        side_effect("shifted = scores", "scores -= 1.0\n    shifted = scores", "GA301"),
        side_effect("dout * d / len(p)", "(dout * d / len(p)).astype(np.float32)", "GA304"),
        state("p, labels = cache", 'p, labels = KEPT.setdefault("cache", cache)'),
    ),
    large={"N": 30, "C": 20},
)


def huber_forward(prediction: Array, target: Array) -> tuple[Any, Any]:
    """The mean of r²/2 up to |r| = 1, of |r| - 1/2 beyond."""
    r = prediction - target
    return np.where(np.abs(r) <= 1.0, r**2 / 2.0, np.abs(r) - 0.5).mean(), r


def huber_backward(dout: Array, cache: Any) -> Gradients:
    """The gradients of prediction and target."""
    r = cache
    inside = np.abs(r) <= 1.0
    slope = np.where(inside, r, np.sign(r))
    d = dout * slope / r.size
    return d, -d


# What is wrong inside or outside is right on the other side.
_BOTH = {"prediction": "GA208", "target": "GA208"}
# Two residuals of three lie inside: what is wrong is no exception there.
_MOST = dict.fromkeys(_BOTH, "GA208 GA201")

HUBER = Pair(
    "huber",
    huber_forward,
    huber_backward,
    {"prediction": "N D", "target": "N D"},
    (
        value("np.where(inside, r, np.sign(r))", "r", **_BOTH),
        value("np.where(inside, r, np.sign(r))", "np.sign(r)", **_MOST),
        value("np.where(inside, r, np.sign(r))", "np.where(r <= 1.0, r, 1.0)", **_BOTH),
        value("np.where(inside, r, np.sign(r))", "np.where(inside, 2.0 * r, np.sign(r))", **_MOST),
        value("np.where(inside, r, np.sign(r))", "np.where(inside, np.sign(r), r)", prediction="GA201", target="GA201"),
        value("np.where(inside, r, np.sign(r))", "np.where(inside, r, 1.0)", **_BOTH),
        value("return d, -d", "return d, d", target="GA202 GA212"),
        value("return d, -d", "return -d, d", prediction="GA202 GA212", target="GA202 GA212"),
        value("return d, -d", "return d, np.zeros_like(d)", target="GA206"),
        value("slope / r.size", "slope / len(r)", prediction="GA203", target="GA203"),
        value("slope / r.size", "slope", prediction="GA203", target="GA203"),
        value("return d, -d", "return d, -d.T", target="GA207"),
        value("return d, -d", "return d, -2.0 * d", target="GA203"),
        small("return d, -d", "return d, -0.9999 * d", target="GA203"),
        small("r, np.sign(r))", "r, 1.0001 * np.sign(r))", **_BOTH),
        upstream("d = dout * slope", "d = slope", "GA209 GA203"),
        upstream("d = dout * slope", "d = dout**3 * slope", "GA210 GA203"),
        side_effect("r = cache", "r = np.clip(cache, -1.0, 1.0, out=cache)", "GA301"),
        side_effect("r = prediction - target", "r = prediction\n    r -= target", "GA301"),
        side_effect("return d, -d", "return d, np.negative(d).astype(np.float32)", "GA304"),
        state("r = cache", 'r = KEPT.setdefault("r", cache)'),
        state("return d, -d", 'KEPT["d"] = KEPT.get("d", 0.0) + d\n    return KEPT["d"], -d'),
    ),
    large={"N": 20, "D": 30},
)


def logsumexp_forward(x: Array) -> tuple[Array, Any]:
    """Log Σ exp(x) of each row."""
    top = x.max(axis=1, keepdims=True)
    e = np.exp(x - top)
    total = e.sum(axis=1, keepdims=True)
    return (top + np.log(total))[:, 0], (e, total)


def logsumexp_backward(dout: Array, cache: Any) -> Gradients:
    """The gradient of x."""
    e, total = cache
    dx = dout[:, None] * e / total
    return dx  # noqa: RET504 - as above


LOGSUMEXP = Pair(
    "logsumexp",
    logsumexp_forward,
    logsumexp_backward,
    {"x": "N D"},
    (
        value("dout[:, None] * e / total", "dout[:, None] * e", x="GA201"),
        value("dout[:, None] * e / total", "-dout[:, None] * e / total", x="GA202"),
        value("dout[:, None] * e / total", "dout[:, None] * e / total / len(e)", x="GA203"),
        value("dout[:, None] * e / total", "dout[:, None] * e / e.sum()", x="GA201"),
        value("dout[:, None] * e / total", "dout[:, None] * e / e.sum(axis=0)", x="GA201"),
        value("dout[:, None] * e / total", "dout[:, None] * np.log(total)", x="GA207"),
        value("dout[:, None] * e / total", "dout[:, None] / total", x="GA207"),
        value("dout[:, None] * e / total", "dout[:, None] * (e / total - 1.0)", x="GA201"),
        value("dout[:, None] * e / total", "dout[:, None] * (e == e.max(axis=1, keepdims=True))", x="GA201"),
        value("dout[:, None] * e / total", "dout[:, None] * e / total * (1.0 - e / total)", x="GA201"),
        value("dout[:, None] * e / total", "dout[:, None] * e**2 / total", x="GA201 GA208"),
        value("dout[:, None] * e / total", "dout[:, None] * np.where(e < 1.0, e, 0.0) / total", x="GA208"),
        value("dout[:, None] * e / total", "(dout[:, None] * e / total)[::-1]", x="GA205"),
        value("dout[:, None] * e / total", "dout.sum() * e / total", x="GA201"),
        value("dout[:, None] * e / total", "dout[::-1, None] * e / total", x="GA201"),
        small("dout[:, None] * e / total", "dout[:, None] * e / (total + 2e-4)", x="GA201"),
        small("dout[:, None] * e / total", "dout[:, None] * (e / total + 2e-5)", x="GA201"),
        upstream("dout[:, None] * e / total", "e / total", "GA209"),
        upstream("dout[:, None] * e / total", "np.tanh(dout)[:, None] * e / total", "GA210"),
        side_effect("dout[:, None] * e / total", "np.multiply(dout[:, None] / total, e, out=e)", "GA301"),
        side_effect("e = np.exp(x - top)", "x -= top\n    e = np.exp(x)", "GA301"),
        state("e, total = cache", 'e, total = KEPT.setdefault("cache", cache)'),
    ),
    large={"N": 20, "D": 30},
)
