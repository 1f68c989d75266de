"""Convolution with padding and stride, and max-pooling with windows that overlap."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from detection_suite.pair import Array, Gradients, Pair, side_effect, small, state, upstream, value

STRIDE = 2
PADDING = ((0, 0), (0, 0), (1, 1), (1, 1))


def convolution_forward(x: Array, w: Array, b: Array) -> tuple[Array, Any]:
    """Cross-correlation of images x (N C H W) with filters w (F C k k), padding 1, stride 2."""
    padded = np.pad(x, PADDING)
    windows = sliding_window_view(padded, w.shape[2:], axis=(2, 3))[:, :, ::STRIDE, ::STRIDE]
    return np.einsum("nchwij,fcij->nfhw", windows, w) + b[:, None, None], (padded, windows, w)


def convolution_backward(dout: Array, cache: Any) -> Gradients:
    """The gradients of x, w and b."""
    padded, windows, w = cache
    db = dout.sum(axis=(0, 2, 3))
    dw = np.einsum("nfhw,nchwij->fcij", dout, windows)
    dpadded = np.zeros_like(padded)
    height, width = (STRIDE * n for n in dout.shape[2:])
    for i, j in np.ndindex(*w.shape[2:]):
        dwindow = np.einsum("nfhw,fc->nchw", dout, w[:, :, i, j])
        dpadded[:, :, i : i + height : STRIDE, j : j + width : STRIDE] += dwindow
    dx = dpadded[:, :, 1:-1, 1:-1]
    return dx, dw, db


CONVOLUTION = Pair(
    "convolution",
    convolution_forward,
    convolution_backward,
    {"x": "N C H W", "w": "F C 3 3", "b": "F"},
    (
        value("dout, w[:, :, i, j])", "dout, w[:, :, j, i])", x="GA201"),
        value("dout, w[:, :, i, j])", "dout, w[:, :, -1 - i, -1 - j])", x="GA201"),
        value("dx = dpadded[:, :, 1:-1, 1:-1]", "dx = dpadded", x="GA207"),
        value("dx = dpadded[:, :, 1:-1, 1:-1]", "dx = dpadded[:, :, :-2, :-2]", x="GA201"),
        value("dx = dpadded[:, :, 1:-1, 1:-1]", "dx = -dpadded[:, :, 1:-1, 1:-1]", x="GA202"),
        value("STRIDE] += dwindow", "STRIDE] = dwindow", x="GA201 GA208"),
        value('"nfhw,nchwij->fcij"', '"nfhw,nchwij->fcji"', w="GA205"),
        value('"nfhw,nchwij->fcij", dout, windows)', '"nfhw,nchwij->fcij", dout, windows) / len(padded)', w="GA203"),
        value('"nfhw,nchwij->fcij", dout, windows)', '"nfhw,nchwij->fcij", dout, windows)[:, :, ::-1]', w="GA205"),
        value('"nfhw,nchwij->fcij", dout, windows)', '"nfhw,nchwij->fcij", dout[:1], windows[:1])', w="GA209 GA201"),
        value("dout.sum(axis=(0, 2, 3))", "dout.sum(axis=(2, 3))", b="GA207"),
        value("dout.sum(axis=(0, 2, 3))", "dout.mean(axis=(0, 2, 3))", b="GA203 GA201"),
        value("dout.sum(axis=(0, 2, 3))", "dout.sum(axis=0)[:, 0, 0]", b="GA209 GA201"),
        value("dout.sum(axis=(0, 2, 3))", "np.zeros(len(w))", b="GA206"),
        value("return dx, dw, db", "dw[0, 0, 1, 1] = 0.0\n    return dx, dw, db", w="GA208"),
        small("return dx, dw, db", "return dx, dw * 1.00005, db", w="GA203"),
        small("return dx, dw, db", "return dx, dw - 3e-4 * w, db", w="GA204"),
        upstream("db = dout", "db = np.maximum(dout, 0.0)", "GA210"),
        side_effect("return dx, dw, db", "dout -= dout.mean()\n    return dx, dw, db", "GA301"),
        side_effect("return dx, dw, db", "return dx, dw, np.float32(db)", "GA304"),
        state("padded, windows, w = cache", 'padded, windows, w = KEPT.setdefault("cache", cache)'),
        state(
            "dpadded = np.zeros_like(padded)",
            "dpadded = KEPT[padded.shape] = KEPT.get(padded.shape, np.zeros_like(padded))",
        ),
    ),
    sizes={"N": (1, 4), "C": (1, 3), "F": (1, 4), "H": (3, 7), "W": (3, 7)},
    large={"N": 3, "C": 6, "F": 8, "H": 7, "W": 8},
)


def max_pool_forward(x: Array) -> tuple[Array, Any]:
    """The largest element of each 3 x 3 window; windows overlap, with stride 2."""
    windows = sliding_window_view(x, (3, 3), axis=(2, 3))[:, :, ::STRIDE, ::STRIDE]
    windows = windows.reshape(*windows.shape[:4], 9)
    return windows.max(axis=-1), (x, windows.argmax(axis=-1))


def max_pool_backward(dout: Array, cache: Any) -> Gradients:
    """The gradient of x: each upstream gradient goes to the element that was the largest."""
    x, largest = cache
    dx = np.zeros_like(x)
    n, c, h, w = np.indices(dout.shape)
    row, column = divmod(largest, 3)
    np.add.at(dx, (n, c, STRIDE * h + row, STRIDE * w + column), dout)
    return dx


MAX_POOL = Pair(
    "max-pooling",
    max_pool_forward,
    max_pool_backward,
    {"x": "N C H W"},
    (
        value(
            "np.add.at(dx, (n, c, STRIDE * h + row, STRIDE * w + column), dout)",
            "dx[n, c, STRIDE * h + row, STRIDE * w + column] = dout",
            x="GA201 GA208 GA214",
        ),
        value("STRIDE * w + column), dout)", "STRIDE * w + column), -dout)", x="GA202"),
        value("STRIDE * w + column), dout)", "STRIDE * w + column), dout / 9)", x="GA203"),
        value("STRIDE * w + column), dout)", "STRIDE * w), dout)", x="GA201"),
        value("STRIDE * h + row", "STRIDE * h", x="GA201"),
        value("row, column = divmod(largest, 3)", "column, row = divmod(largest, 3)", x="GA201"),
        value("row, column = divmod(largest, 3)", "row, column = largest // 3, 0 * largest", x="GA201"),
        value("row, column = divmod(largest, 3)", "row, column = 1, 1", x="GA201"),
        value("STRIDE * w + column), dout)", "w + column), dout)", x="GA201"),
        value("(n, c, STRIDE * h + row", "(n, 0 * c, STRIDE * h + row", x="GA201"),
        value("    return dx", "    return dx / len(x)", x="GA203"),
        value("    return dx", "    return dx[:, :, ::-1]", x="GA205"),
        value("    return dx", "    dx[0] = 0.0\n    return dx", x="GA208 GA209"),
        value("dx = np.zeros_like(x)", "dx = np.full_like(x, 0.01)", x="GA210"),
        small("STRIDE * w + column), dout)", "STRIDE * w + column), 1.00005 * dout)", x="GA203"),
        upstream("STRIDE * w + column), dout)", "STRIDE * w + column), 1.0)", "GA209"),
        upstream("STRIDE * w + column), dout)", "STRIDE * w + column), np.clip(dout, -1, 1))", "GA210"),
        side_effect("dx = np.zeros_like(x)", "dx = x\n    dx[...] = 0.0", "GA301"),
        side_effect("    return dx", "    return dx.astype(np.float32)", "GA304"),
        state("x, largest = cache", 'x, largest = KEPT.setdefault("cache", cache)'),
        state("dx = np.zeros_like(x)", "dx = KEPT.setdefault(x.shape, np.zeros_like(x))"),
    ),
    sizes={"N": (1, 4), "C": (2, 4), "H": (5, 9), "W": (5, 9)},
    large={"N": 2, "C": 3, "H": 9, "W": 11},
)
