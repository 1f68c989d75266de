"""Factors that follow the sizes, and some that no expression is."""

from __future__ import annotations

import numpy as np

from gradaudit import audited_backward

FACTORS = {
    "1/N": lambda N, D, M: 1 / N,
    "2/N": lambda N, D, M: 2 / N,
    "1/(4·N)": lambda N, D, M: 1 / (4 * N),
    "N/(N-1)": lambda N, D, M: N / max(1, N - 1),
    "1/(M-1)": lambda N, D, M: 1 / (M - 1),
    "√D": lambda N, D, M: np.sqrt(D),
    "1/√D": lambda N, D, M: 1 / np.sqrt(D),
    "-1/√D": lambda N, D, M: -1 / np.sqrt(D),
    "√(D/M)": lambda N, D, M: np.sqrt(D / M),
    "1/(N·M)": lambda N, D, M: 1 / (N * M),
    "1/(4·N·M)": lambda N, D, M: 1 / (4 * N * M),
    "2/(N·D)": lambda N, D, M: 2 / (N * D),
    "D/(2·M)": lambda N, D, M: D / (2 * M),
    "1/(N·D·M)": lambda N, D, M: 1 / (N * D * M),
    # Others, of which no name may be made.
    "N+1": lambda N, D, M: N + 1,
    "1/max(N, M)": lambda N, D, M: 1 / max(N, M),
    "2/(N+M)": lambda N, D, M: 2 / (N + M),
    "log": lambda N, D, M: np.log(N + 3),
}
SHAPES = {"x": "N D", "w": "D M", "b": "M"}


def scaled(factor):
    def backward(dout, x, w, out):
        dz = dout * (1 - out**2)
        return dz @ w.T, x.T @ dz * factor(*x.shape, w.shape[1]), dz.sum(axis=0)

    return backward


for name, factor in FACTORS.items():
    audited_backward(
        forward=lambda x, w, b: np.tanh(x @ w + b),
        inputs=SHAPES,
        sizes={"N": (2, 16), "D": (2, 9), "M": (2, 9)},
        name=name,
    )(scaled(factor))

# N is the larger one nearly always.
audited_backward(
    forward=lambda x, w, b: np.tanh(x @ w + b), inputs=SHAPES, sizes={"N": (8, 16), "M": (2, 9)}, name="larger"
)(scaled(FACTORS["1/max(N, M)"]))

# What can't be told apart has no name: N and D are the same.
audited_backward(forward=lambda x: np.tanh(x), inputs={"x": "N D"}, sizes={"N": (4, 4), "D": (4, 4)}, name="equal")(
    lambda dout, out: dout * (1 - out**2) / len(dout)
)


# With one trial a factor of 1/5 may be anything: further trials show what it follows.
@audited_backward(forward=lambda x: np.tanh(x), inputs={"x": "N D"}, trials=1)
def once(dout, out):
    return dout * (1 - out**2) / len(dout)


@audited_backward(forward=lambda x: np.tanh(x), inputs={"x": "N D"}, sizes={"N": (3, 5), "D": (4, 8)}, trials=1)
def thirds(dout, out):
    return dout * (1 - out**2) / 3
