"""What an audit of a network of 1e6 parameters costs beside the peers, in its own forward+backward passes."""

from __future__ import annotations

import statistics
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from detection_suite.pair import Array, Gradients, Pair
from detection_suite.subject import Subject, draw, draw_upstreams
from gradaudit import check_gradient

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from detection_suite.peers import Peer
    from gradaudit.drawing.leaves import Drawn

SAMPLES, INPUTS, HIDDEN, OUTPUTS = 64, 800, 1000, 198  # 800·1000 + 1000 + 1000·198 + 198 = 999,198 parameters


def forward(x: Array, w1: Array, b1: Array, w2: Array, b2: Array) -> tuple[Array, Any]:
    """tanh(x W1 + b1) W2 + b2."""
    hidden = np.tanh(x @ w1 + b1)
    return hidden @ w2 + b2, (x, hidden, w2)


def backward(dout: Array, cache: Any) -> Gradients:
    """The gradients of the parameters."""
    x, hidden, w2 = cache
    dz = (dout @ w2.T) * (1.0 - hidden**2)
    return x.T @ dz, dz.sum(axis=0), hidden.T @ dout, dout.sum(axis=0)


def inputs(rng: np.random.Generator) -> dict[str, Array]:
    """A batch, and parameters as they are initialised."""
    return {
        "x": rng.standard_normal((SAMPLES, INPUTS)),
        "w1": rng.standard_normal((INPUTS, HIDDEN)) / np.sqrt(INPUTS),
        "b1": 0.1 * rng.standard_normal(HIDDEN),
        "w2": rng.standard_normal((HIDDEN, OUTPUTS)) / np.sqrt(HIDDEN),
        "b2": 0.1 * rng.standard_normal(OUTPUTS),
    }


NETWORK = Pair("a network of 999,198 parameters", forward, backward, inputs, wrt=("w1", "b1", "w2", "b2"))


def units(peers: Sequence[Peer], repetitions: int) -> dict[str, float]:
    """For each checker the median of its time over that of a forward and a backward, each in turn in every round."""
    drawn = draw(NETWORK, 0)
    subject = Subject(NETWORK, None, drawn)
    upstreams = draw_upstreams(subject.forward(*subject.point)[0], 0)

    def one_pass() -> None:
        subject.backward(upstreams, subject.forward(*subject.point)[1])

    def audit() -> None:
        # The arrays are given, as they are to the peers.
        outcome = check_gradient(forward, backward, drawn.values, wrt=NETWORK.wrt, trials=1)
        if not outcome:
            raise SystemExit(f"the audit of a right gradient says {outcome}")

    checkers: dict[str, Callable[[], Any]] = {"gradaudit, one trial": audit}
    for peer in peers:
        checkers[peer.name] = partial(_checked, peer, drawn)
    ratios: dict[str, list[float]] = {name: [] for name in checkers}
    for repetition in range(repetitions + 1):
        for name, checker in checkers.items():
            one_pass()  # the checker before may have left its arrays' memory to the system
            unit, taken = _seconds(one_pass), _seconds(checker)
            if repetition:  # the first of each warms up
                ratios[name].append(taken / unit)
    return {name: statistics.median(found) for name, found in ratios.items()}


def _checked(peer: Peer, drawn: Drawn) -> bool:
    return peer.judge(Subject(NETWORK, None, drawn), 0)


def _seconds(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
