"""What the directional check costs, in forward+backward passes of the network that it checks.

A two-layer network of 1e6 parameters in plain NumPy, one process, one thread; passes and checks alternate, so that both
see the same machine. Prints the ratio of medians; exits with 1 above the budget of 5.

    OMP_NUM_THREADS=1 python benchmarks/directional_cost.py [REPETITIONS]
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from dataclasses import dataclass

os.environ.setdefault("OMP_NUM_THREADS", "1")  # read when numpy is imported
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from gradaudit.numerics.checks.directional import check_directional
from gradaudit.numerics.problems.problem import Array, Evaluation, Point

BUDGET = 5.0
SAMPLES, INPUTS, HIDDEN, OUTPUTS = 64, 800, 1000, 198  # 800·1000 + 1000 + 1000·198 + 198 = 999,198 parameters


@dataclass(frozen=True)
class Network:
    """tanh(x W1 + b1) W2 + b2, paired with an upstream gradient."""

    x: Array
    upstream: Array
    point: Point
    names: tuple[str, ...] = ("W1", "b1", "W2", "b2")
    tangents: tuple[None, ...] = (None, None, None, None)

    def forward(self, point: Point) -> tuple[Array, Array]:
        """The hidden layer and the output."""
        w1, b1, w2, b2 = point
        hidden = np.tanh(self.x @ w1 + b1)
        return hidden, hidden @ w2 + b2

    def evaluate(self, point: Point) -> Evaluation:
        """One forward pass."""
        terms = self.upstream * self.forward(point)[1]
        return Evaluation(float(terms.sum()), float(np.abs(terms).sum()), float(np.finfo(terms.dtype).eps))

    def gradient(self, point: Point) -> Point:
        """One forward and one backward pass."""
        hidden, _ = self.forward(point)
        d_hidden = (self.upstream @ point[2].T) * (1.0 - hidden**2)
        return self.x.T @ d_hidden, d_hidden.sum(0), hidden.T @ self.upstream, self.upstream.sum(0)


def main() -> int:
    """Measure and print."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    rng = np.random.default_rng(0)
    shapes = ((INPUTS, HIDDEN), (HIDDEN,), (HIDDEN, OUTPUTS), (OUTPUTS,))
    network = Network(
        rng.standard_normal((SAMPLES, INPUTS)),
        rng.standard_normal((SAMPLES, OUTPUTS)),
        tuple(rng.standard_normal(shape) / np.sqrt(shape[0]) for shape in shapes),
    )
    passes, checks = [], []
    for repetition in range(repetitions + 1):
        start = time.perf_counter()
        network.gradient(network.point)
        middle = time.perf_counter()
        result = check_directional(network, np.random.default_rng(repetition))
        end = time.perf_counter()
        if result.verdict != "right":
            raise SystemExit(f"the check of a right gradient says {result}")
        if repetition:  # the first of each warms up
            passes.append(middle - start)
            checks.append(end - middle)
    unit, check = statistics.median(passes), statistics.median(checks)
    ratio = check / unit
    parameters = sum(block.size for block in network.point)
    print(
        f"{parameters} parameters, {SAMPLES} samples: forward+backward {1e3 * unit:.1f} ms, check {1e3 * check:.1f} ms"
    )
    print(f"{ratio:.2f} forward+backward units (budget {BUDGET:g})")
    return int(ratio > BUDGET)


if __name__ == "__main__":
    sys.exit(main())
