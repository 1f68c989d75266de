"""An affine layer and a bilinear form."""

from __future__ import annotations

from typing import Any

from detection_suite.pair import Array, Gradients, Pair, side_effect, size, small, state, upstream, value


def affine_forward(x: Array, w: Array, b: Array) -> tuple[Array, Any]:
    """X W + b, with b broadcast over the rows."""
    return x @ w + b, (x, w)


def affine_backward(dout: Array, cache: Any) -> Gradients:
    """The gradients of x, w and b."""
    x, w = cache
    dx = dout @ w.T
    dw = x.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


AFFINE = Pair(
    "affine",
    affine_forward,
    affine_backward,
    {"x": "N D", "w": "D M", "b": "M"},
    (
        value("dx = dout @ w.T", "dx = -dout @ w.T", x="GA202"),
        value("dw = x.T @ dout", "dw = x.T @ dout / len(x)", w="GA203"),
        value("dw = x.T @ dout", "dw = dout.T @ x", w="GA207"),
        value("dw = x.T @ dout", "dw = np.zeros_like(w)", w="GA206"),
        value("dw = x.T @ dout", "dw = x.T @ dout\n    dw[0, 0] *= 1.01", w="GA208"),
        value("dw = x.T @ dout", "dw = x.T @ dout\n    dw[:, -1] = 0.0", w="GA208"),
        value("dw = x.T @ dout", "dw = x.T @ dout + 0.1 * w", w="GA204"),
        value("dw = x.T @ dout", "dw = x[:-1].T @ dout[:-1]", w="GA209 GA201"),
        value("db = dout.sum(axis=0)", "db = dout.sum(axis=1)", b="GA207"),
        value("db = dout.sum(axis=0)", "db = dout.mean(axis=0)", b="GA203"),
        value("db = dout.sum(axis=0)", "db = dout[0]", b="GA209 GA201"),
        value("db = dout.sum(axis=0)", "db = dout", b="GA207"),
        small("dx = dout @ w.T", "dx = 1.00005 * dout @ w.T", x="GA203"),
        size("db = dout.sum(axis=0)", "db = dout.sum(axis=0) / (1 + (len(dout) == 1))", b="GA213"),
        size("dx = dout @ w.T", "dx = dout @ (w if w.shape[0] == w.shape[1] else w.T)", x="GA213"),
        upstream("dout.sum(axis=0)", "np.ones_like(dout).sum(axis=0)", "GA209"),
        upstream("x, w = cache", "x, w = cache\n    dout = np.clip(dout, -1.0, 1.0)", "GA210"),
        side_effect("dw = x.T @ dout", "dw = (x.T @ dout).astype(np.float32)", "GA304"),
        side_effect("db = dout.sum(axis=0)", "db = dout.sum(axis=0)\n    dout[...] = 0.0", "GA301"),
        state("x, w = cache", 'x, w = KEPT.setdefault("cache", cache)'),
        state("dw = x.T @ dout", 'dw = KEPT["dw"] = KEPT.get("dw", 0.0) + x.T @ dout'),
    ),
    large={"N": 20, "D": 30, "M": 300},
)


def bilinear_forward(x: Array, a: Array, y: Array) -> tuple[Array, Any]:
    """XᵀAy for each row."""
    xa = x @ a
    return (xa * y).sum(axis=1), (x, a, y, xa)


def bilinear_backward(dout: Array, cache: Any) -> Gradients:
    """The gradients of x, a and y."""
    x, a, y, xa = cache
    dxa = dout[:, None] * y
    dx = dxa @ a.T
    da = x.T @ dxa
    dy = dout[:, None] * xa
    return dx, da, dy


BILINEAR = Pair(
    "bilinear",
    bilinear_forward,
    bilinear_backward,
    {"x": "N D", "a": "D D", "y": "N D"},
    (
        value("da = x.T @ dxa", "da = dxa.T @ x", a="GA205"),
        value("dx = dxa @ a.T", "dx = dxa @ a", x="GA201"),
        value("dy = dout[:, None] * xa", "dy = dout[:, None] * (x @ a.T)", y="GA201"),
        value("da = x.T @ dxa", "da = (x.T @ dxa + dxa.T @ x) / 2", a="GA201"),
        value("da = x.T @ dxa", "da = -x.T @ dxa", a="GA202"),
        value("dx = dxa @ a.T", "dx = 0.5 * dxa @ a.T", x="GA203"),
        value("return dx, da, dy", "return dy, da, dx", x="GA212", y="GA212"),
        value("dy = dout[:, None] * xa", "dy = xa", y="GA201 GA209"),
        value("da = x.T @ dxa", "da = np.diag(np.diag(x.T @ dxa))", a="GA201 GA208"),
        value("da = x.T @ dxa", "da = np.tril(x.T @ dxa)", a="GA201 GA208"),
        value("da = x.T @ dxa", "da = x.T @ dxa / len(x)", a="GA203"),
        value("dx = dxa @ a.T", "dx = dxa @ a.T\n    dx[0] = 0.0", x="GA208 GA209"),
        value("dx = dxa @ a.T", "dx = (dxa @ a.T)[::-1]", x="GA205"),
        value("dy = dout[:, None] * xa", "dy = dout[:, None] * xa[:, ::-1]", y="GA205"),
        value("da = x.T @ dxa", "da = x.T @ dxa - 0.01 * np.sign(a)", a="GA204"),
        small("da = x.T @ dxa", "da = x.T @ dxa * 0.99995", a="GA203"),
        small("dy = dout[:, None] * xa", "dy = dout[:, None] * xa + 1e-4 * y", y="GA204"),
        upstream("dxa = dout[:, None] * y", "dxa = np.abs(dout[:, None]) * y", "GA210"),
        upstream("dxa = dout[:, None] * y", "dxa = y", "GA209"),
        side_effect("dxa = dout[:, None] * y", "y *= dout[:, None]\n    dxa = y", "GA301"),
        side_effect("xa = x @ a", "x *= 2.0\n    xa = x @ a / 2.0\n    x = x / 2.0", "GA301"),
        state("x, a, y, xa = cache", 'x, a, y, xa = KEPT.setdefault("first", cache)'),
    ),
    large={"N": 30, "D": 20},
)
