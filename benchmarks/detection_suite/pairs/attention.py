"""Scaled dot-product attention."""

from __future__ import annotations

from typing import Any

import numpy as np

from detection_suite.pair import Array, Gradients, Pair, side_effect, size, small, state, upstream, value


def attention_forward(q: Array, k: Array, v: Array) -> tuple[Array, Any]:
    """softmax(QKᵀ/√d) V for T queries and S keys."""
    scores = q @ k.T / np.sqrt(q.shape[1])
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p @ v, (q, k, v, p)


def attention_backward(dout: Array, cache: Any) -> Gradients:
    """The gradients of q, k and v."""
    q, k, v, p = cache
    dv = p.T @ dout
    dp = dout @ v.T
    row = (dp * p).sum(axis=1, keepdims=True)
    dscores = p * (dp - row) / np.sqrt(q.shape[1])
    dq = dscores @ k
    dk = dscores.T @ q
    return dq, dk, dv


ATTENTION = Pair(
    "attention",
    attention_forward,
    attention_backward,
    {"q": "T D", "k": "S D", "v": "S E"},
    (
        value("p * (dp - row) / np.sqrt(q.shape[1])", "p * (dp - row)", q="GA203", k="GA203"),
        value("p * (dp - row) / np.sqrt(q.shape[1])", "p * (dp - row) / q.shape[1]", q="GA203", k="GA203"),
        value("p * (dp - row) / np.sqrt", "p * dp / np.sqrt", q="GA201", k="GA201"),
        value("p * (dp - row) / np.sqrt", "p * (dp + row) / np.sqrt", q="GA201", k="GA201"),
        value("p * (dp - row) / np.sqrt", "(dp - row) / np.sqrt", q="GA201", k="GA201"),
        value("p * (dp - row) / np.sqrt", "p * (1.0 - p) * dp / np.sqrt", q="GA201", k="GA201"),
        value("(dp * p).sum(axis=1, keepdims=True)", "(dp * p).sum()", q="GA201", k="GA201"),
        value("(dp * p).sum(axis=1, keepdims=True)", "(dp * p).mean(axis=1, keepdims=True)", q="GA201", k="GA201"),
        value("(dp * p).sum(axis=1, keepdims=True)", "(dp * p).sum(axis=0, keepdims=True)", q="GA201", k="GA201"),
        value("dk = dscores.T @ q", "dk = -dscores.T @ q", k="GA202"),
        value("dk = dscores.T @ q", "dk = dscores.T @ q / np.sqrt(q.shape[1])", k="GA203"),
        value("dq = dscores @ k", "dq = np.zeros_like(q)", q="GA206"),
        value("dq = dscores @ k", "dq = dscores @ k\n    dq[0] = 0.0", q="GA208"),
        value("dv = p.T @ dout", "dv = p.T @ dout * 2.0", v="GA203"),
        value("dv = p.T @ dout", "dv = p.T @ dout / len(p)", v="GA203"),
        value("dv = p.T @ dout", "dv = np.tril(np.ones_like(p.T)) * p.T @ dout", v="GA201 GA208"),
        value("return dq, dk, dv", "return dq, dv, dk", k="GA207", v="GA207"),
        value("return dq, dk, dv", "return dq, dk[::-1], dv", k="GA205"),
        small("dp - row", "dp - 0.9998 * row", q="GA201", k="GA201"),
        small("dv = p.T @ dout", "dv = (p.T + 4e-5) @ dout", v="GA201"),
        size("dk = dscores.T @ q", "dk = (dscores if len(q) == len(k) else dscores.T) @ q", k="GA213"),
        upstream("dv = p.T @ dout", "dv = p.T @ np.tanh(dout)", "GA210"),
        upstream("dp = dout @ v.T", "dp = np.ones_like(dout) @ v.T", "GA209"),
        side_effect("dscores = p * (dp - row)", "p *= dp - row\n    dscores = p", "GA301"),
        side_effect("return dq, dk, dv", "return dq, dk, dv.astype(np.float32)", "GA304"),
        state("q, k, v, p = cache", 'q, k, v, p = KEPT.setdefault("cache", cache)'),
        state("dv = p.T @ dout", 'dv = KEPT["dv"] = p.T @ dout + 0.5 * KEPT.get("dv", 0.0)'),
    ),
    sizes={"S": (2, 8), "T": (1, 8)},
    large={"T": 20, "S": 18, "D": 30, "E": 25},
)
