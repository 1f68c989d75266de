"""What is read and written by index: an embedding with repeated ids, and means over segments."""

from __future__ import annotations

from typing import Any

import numpy as np

from detection_suite.pair import Array, Gradients, Pair, side_effect, size, small, state, upstream, value
from gradaudit import distributions


def embedding_forward(w: Array, ids: Array) -> tuple[Array, Any]:
    """The rows of w that the ids name."""
    return w[ids], (w, ids)


def embedding_backward(dout: Array, cache: Any) -> Gradients:
    """The gradient of w: what belongs to one id is added up."""
    w, ids = cache
    dw = np.zeros_like(w)
    np.add.at(dw, ids, dout)
    return dw


EMBEDDING = Pair(
    "embedding",
    embedding_forward,
    embedding_backward,
    {"w": "V D", "ids": distributions.integers("N T", high="V")},
    (
        value("np.add.at(dw, ids, dout)", "dw[ids] = dout", w="GA214"),
        value("np.add.at(dw, ids, dout)", "dw[ids] += dout", w="GA214"),
        value("np.add.at(dw, ids, dout)", "np.maximum.at(dw, ids, dout)", w="GA210"),
        value("np.add.at(dw, ids, dout)", "np.subtract.at(dw, ids, dout)", w="GA202"),
        value("np.add.at(dw, ids, dout)", "np.add.at(dw, ids, dout)\n    dw /= ids.size", w="GA203"),
        value("np.add.at(dw, ids, dout)", "np.add.at(dw, ids, dout)\n    dw /= len(ids)", w="GA203"),
        value("np.add.at(dw, ids, dout)", "np.add.at(dw, ids, dout)\n    dw[0] = 0.0", w="GA208"),
        value("np.add.at(dw, ids, dout)", "np.add.at(dw, ids, 2.0 * dout)", w="GA203"),
        value("np.add.at(dw, ids, dout)", "np.add.at(dw, ids[0], dout[0])", w="GA209 GA201 GA208"),
        value("np.add.at(dw, ids, dout)", "np.add.at(dw, ids - 1, dout)", w="GA205"),
        value("np.add.at(dw, ids, dout)", "np.add.at(dw, ids, dout[::-1])", w="GA201 GA208"),
        value("np.add.at(dw, ids, dout)", "np.add.at(dw, ids, dout.mean(axis=0))", w="GA201 GA208"),
        value("dw = np.zeros_like(w)", "dw = 0.01 * w", w="GA204"),
        value(
            "    return dw",
            "    return dw / np.maximum(np.bincount(ids.ravel(), minlength=len(w)), 1)[:, None]",
            w="GA201 GA214",
        ),
        value("    return dw", "    return dw[ids[0]]", w="GA207"),
        small("np.add.at(dw, ids, dout)", "np.add.at(dw, ids, 1.00005 * dout)", w="GA203"),
        upstream("np.add.at(dw, ids, dout)", "np.add.at(dw, ids, 1.0)", "GA209"),
        upstream("np.add.at(dw, ids, dout)", "np.add.at(dw, ids, dout.clip(-1.0, 1.0))", "GA210"),
        side_effect("dw = np.zeros_like(w)", "dw = w\n    dw[...] = 0.0", "GA301"),
        side_effect("np.add.at(dw, ids, dout)", "np.add.at(dw, ids, dout)\n    dout[...] = 0.0", "GA301"),
        side_effect("dw = np.zeros_like(w)", "dw = np.zeros(w.shape, np.float32)", "GA304"),
        state("w, ids = cache", 'w, ids = KEPT.setdefault("cache", cache)'),
        state("dw = np.zeros_like(w)", "dw = KEPT.setdefault(w.shape, np.zeros_like(w))"),
    ),
    large={"V": 20, "D": 30, "N": 6, "T": 7},
)


def segment_mean_forward(x: Array, segment: Array) -> tuple[Array, Any]:
    """The mean of the rows of each segment; 0 for a segment without rows."""
    sums = np.zeros((segment.max() + 1, x.shape[1]))
    np.add.at(sums, segment, x)
    counts = np.maximum(np.bincount(segment), 1)[:, None]
    return sums / counts, (segment, counts)


def segment_mean_backward(dout: Array, cache: Any) -> Gradients:
    """The gradient of x: each row is given what belongs to its segment."""
    segment, counts = cache
    dx = (dout / counts)[segment]
    return dx  # noqa: RET504 - mistakes are made in the line above


SEGMENT_MEAN = Pair(
    "segment mean",
    segment_mean_forward,
    segment_mean_backward,
    {"x": "N D", "segment": distributions.integers("N", high="S")},
    (
        value("(dout / counts)[segment]", "dout[segment]", x="GA214 GA201 GA208"),
        value("(dout / counts)[segment]", "-(dout / counts)[segment]", x="GA202"),
        value("(dout / counts)[segment]", "(dout / counts)[segment[::-1]]", x="GA201 GA205 GA208"),
        value("(dout / counts)[segment]", "(dout / counts)[np.sort(segment)]", x="GA201 GA205 GA208"),
        value("(dout / counts)[segment]", "(dout / len(segment))[segment]", x="GA201"),
        value("(dout / counts)[segment]", "(dout / len(counts))[segment]", x="GA201"),
        value("(dout / counts)[segment]", "(dout / counts**2)[segment]", x="GA214 GA201 GA208"),
        value("(dout / counts)[segment]", "(dout * counts)[segment]", x="GA214 GA201 GA208"),
        value("(dout / counts)[segment]", "dout / counts", x="GA207"),
        value("(dout / counts)[segment]", "(dout / counts)[segment - 1]", x="GA201"),
        value("(dout / counts)[segment]", "(dout / counts)[segment] * (segment > 0)[:, None]", x="GA208"),
        value("(dout / counts)[segment]", "(dout / counts).mean(axis=1, keepdims=True)[segment]", x="GA207"),
        value("(dout / counts)[segment]", "(dout / counts)[segment] / len(segment)", x="GA203"),
        value("(dout / counts)[segment]", "(dout / counts)[segment][:, ::-1]", x="GA205"),
        small("(dout / counts)[segment]", "(dout / (counts + 2e-4))[segment]", x="GA201"),
        size("(dout / counts)[segment]", "(dout / counts).squeeze()[segment.squeeze()]", x="GA207 GA006"),
        upstream("(dout / counts)[segment]", "(1.0 / counts)[segment] * np.ones(dout.shape[1])", "GA209"),
        upstream("(dout / counts)[segment]", "(np.abs(dout) / counts)[segment]", "GA210"),
        side_effect("(dout / counts)[segment]", "np.divide(dout, counts, out=dout)[segment]", "GA301"),
        side_effect("(dout / counts)[segment]", "(dout / counts)[segment].astype(np.float16)", "GA304 GA307"),
        state("segment, counts = cache", 'segment, counts = KEPT.setdefault("cache", cache)'),
    ),
    sizes={"S": (2, 4), "N": (3, 8)},
    large={"N": 30, "D": 20, "S": 7},
)
