"""A step of an LSTM, and a recurrence over time."""

from __future__ import annotations

from typing import Any

import numpy as np

from detection_suite.pair import Array, Gradients, Pair, side_effect, small, state, upstream, value
from gradaudit import distributions


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x))."""
    s: Array = 1.0 / (1.0 + np.exp(-x))
    return s


def lstm_forward(x: Array, h: Array, c: Array, wx: Array, wh: Array, b: Array) -> tuple[Array, Array, Any]:  # noqa: PLR0913, PLR0917
    """The next hidden state and the next cell state; gates in the order input, forget, output, candidate."""
    z = x @ wx + h @ wh + b
    i, f, o, g = np.split(z, 4, axis=1)
    i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
    c_next = f * c + i * g
    t = np.tanh(c_next)
    return o * t, c_next, (x, h, c, wx, wh, i, f, o, g, t)


def lstm_backward(dh: Array, dc: Array, cache: Any) -> Gradients:
    """The gradients of x, h, c, wx, wh and b."""
    x, h, c, wx, wh, i, f, o, g, t = cache
    dt = dh * o
    dc = dc + dt * (1.0 - t**2)
    di = dc * g * i * (1.0 - i)
    df = dc * c * f * (1.0 - f)
    do = dh * t * o * (1.0 - o)
    dg = dc * i * (1.0 - g**2)
    dz = np.hstack((di, df, do, dg))
    db = dz.sum(axis=0)
    return dz @ wx.T, dz @ wh.T, dc * f, x.T @ dz, h.T @ dz, db


_FORMLESS = {"x": "GA201", "h": "GA201"}
# What goes through one gate of four is wrong in its columns of the weights alone.
_ONE_GATE = {**_FORMLESS, "wx": "GA208 GA201", "wh": "GA208 GA201", "b": "GA208 GA201"}
_ALL_GATES = {**_FORMLESS, "wx": "GA201 GA208", "wh": "GA201 GA208", "b": "GA201 GA208"}
_WITHOUT_DC = dict.fromkeys(("c", *_ALL_GATES), "GA209")

LSTM = Pair(
    "lstm step",
    lstm_forward,
    lstm_backward,
    {"x": "N D", "h": "N H", "c": "N H", "wx": "D 4*H", "wh": "H 4*H", "b": "4*H"},
    (
        value("dc + dt * (1.0 - t**2)", "dc + dt", c="GA201", **_ALL_GATES),
        value("dc = dc + dt * (1.0 - t**2)", "dc = dt * (1.0 - t**2)", **_WITHOUT_DC),
        value("dc = dc + dt * (1.0 - t**2)", "pass", c="GA209 GA201", **_ALL_GATES),
        value("di = dc * g * i * (1.0 - i)", "di = dc * i * (1.0 - i)", **_ONE_GATE),
        value("df = dc * c * f * (1.0 - f)", "df = dc * c * f", **_ONE_GATE),
        value("df = dc * c * f * (1.0 - f)", "df = dc * f * (1.0 - f)", **_ONE_GATE),
        value("do = dh * t * o * (1.0 - o)", "do = dh * o * (1.0 - o)", **_ONE_GATE),
        value("dg = dc * i * (1.0 - g**2)", "dg = dc * i * g * (1.0 - g)", **_ONE_GATE),
        value("dg = dc * i * (1.0 - g**2)", "dg = -dc * i * (1.0 - g**2)", **_ONE_GATE),
        value("(di, df, do, dg)", "(df, di, do, dg)", **_FORMLESS, wx="GA205", wh="GA205", b="GA205"),
        value("dc * f, x.T", "dc, x.T", c="GA201"),
        value("dc * f, x.T", "-dc * f, x.T", c="GA202"),
        value("h.T @ dz", "h.T @ dz / len(h)", wh="GA203"),
        value("h.T @ dz, db", "np.zeros_like(wh), db", wh="GA206"),
        value("x.T @ dz", "x.T @ dz + 0.01 * wx", wx="GA204"),
        value("db = dz.sum(axis=0)", "db = dz.mean(axis=0)", b="GA203"),
        value("db = dz.sum(axis=0)", "db = dz", b="GA207"),
        value("dz @ wx.T, dz @ wh.T", "dz @ wx.T, 0.5 * dz @ wh.T", h="GA203"),
        small("df = dc * c * f", "df = 1.0002 * dc * c * f", **_ONE_GATE),
        small("h.T @ dz", "h.T @ dz * 1.00005", wh="GA203"),
        upstream("db = dz.sum(axis=0)", "db = np.clip(dz, -0.01, 0.01).sum(axis=0)", "GA210"),
        upstream("do = dh * t", "do = t", "GA210 GA209 GA201 GA208"),
        side_effect("dc = dc + dt * (1.0 - t**2)", "dc += dt * (1.0 - t**2)", "GA301"),
        side_effect("dt = dh * o", "dh *= o\n    dt = dh.copy()\n    dh /= o\n    dh += 0.1", "GA301"),
        state("g, t = cache", 'g, t = KEPT.setdefault("cache", cache)'),
        state("db = dz.sum(axis=0)", 'db = KEPT["db"] = KEPT.get("db", 0.0) + dz.sum(axis=0)'),
    ),
    sizes={"N": (2, 4), "D": (2, 5), "H": (2, 5)},
    large={"N": 18, "D": 20, "H": 70},
)


def average_forward(x: Array, rate: Any) -> tuple[Array, Any]:
    """The exponential moving average y[t] = rate · x[t] + (1 - rate) · y[t - 1] with y[-1] = 0."""
    y = np.zeros_like(x)
    before = np.zeros_like(x)
    for t in range(len(x)):
        before[t] = y[t - 1] if t > 0 else 0.0
        y[t] = rate * x[t] + (1.0 - rate) * before[t]
    return y, (x, before, rate)


def average_backward(dy: Array, cache: Any) -> Gradients:
    """The gradients of x and of the rate, back through time."""
    x, before, rate = cache
    dx, drate = np.zeros_like(x), 0.0
    carried = np.zeros(x.shape[1:])
    for t in reversed(range(len(x))):
        d = dy[t] + carried
        dx[t] = rate * d
        drate += (d * (x[t] - before[t])).sum()
        carried = (1.0 - rate) * d
    return dx, np.asarray(drate)


AVERAGE = Pair(
    "moving average",
    average_forward,
    average_backward,
    {"x": "T D", "rate": distributions.uniform("", 0.2, 0.8)},
    (
        value("d = dy[t] + carried", "d = dy[t]", x="GA201 GA208", rate="GA201"),
        value("d = dy[t] + carried", "d = dy[t] - carried", x="GA201 GA208", rate="GA201"),
        value("carried = (1.0 - rate) * d", "carried = (1.0 - rate) * dy[t]", x="GA201 GA208", rate="GA201"),
        value("carried = (1.0 - rate) * d", "carried = rate * d", x="GA201 GA208", rate="GA201"),
        value("carried = (1.0 - rate) * d", "carried = d", x="GA201 GA208", rate="GA201"),
        value("in reversed(range(len(x)))", "in range(len(x))", x="GA201", rate="GA201"),
        value("dx[t] = rate * d", "dx[t] = (1.0 - rate) * d", x="GA201"),
        value("dx[t] = rate * d", "dx[t] = d", x="GA201"),
        value("dx[t] = rate * d", "dx[t] = -rate * d", x="GA202"),
        value("dx[t] = rate * d", "dx[len(x) - 1 - t] = rate * d", x="GA205"),
        value("dx[t] = rate * d", "dx[t - 1] = rate * d", x="GA205"),
        value("dx[t] = rate * d", "dx[t] = rate * d * (t > 0)", x="GA208"),
        value("drate += (d * (x[t] - before[t])).sum()", "drate += (d * x[t]).sum()", rate="GA201"),
        value("drate += (d *", "drate += (dy[t] *", rate="GA201"),
        value("drate += (d *", "drate = (d *", rate="GA201"),
        value("np.asarray(drate)", "np.asarray(-drate)", rate="GA202"),
        value("np.asarray(drate)", "np.asarray(drate / len(x))", rate="GA203"),
        small("carried = (1.0 - rate) * d", "carried = 0.9996 * (1.0 - rate) * d", x="GA201 GA208", rate="GA201"),
        small("np.asarray(drate)", "np.asarray(drate * 1.0001)", rate="GA203"),
        upstream("carried = (1.0 - rate) * d", "carried = np.clip((1.0 - rate) * d, -0.5, 0.5)", "GA210"),
        side_effect("d = dy[t] + carried", "d = dy[t]\n        d += carried", "GA301"),
        side_effect("np.asarray(drate)", "np.float32(drate)", "GA304"),
        state("x, before, rate = cache", 'x, before, rate = KEPT.setdefault("cache", cache)'),
        state(
            "carried = np.zeros(x.shape[1:])",
            'carried = np.zeros(x.shape[1:]) + KEPT.get("calls", 0)\n    KEPT["calls"] = 1',
        ),
    ),
    sizes={"T": (2, 8)},
    large={"T": 20, "D": 30},
)
