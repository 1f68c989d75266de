"""Wrong elements among 1e5: whether an audit says which, and how many forwards it takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit import check_gradient

if TYPE_CHECKING:
    from detection_suite.pair import Array
    from gradaudit.records.outcome import Outcome

SHAPE = (250, 400)
FACTOR = 1.5
"""What wrong elements are multiplied by."""


@dataclass(frozen=True)
class Located:
    """One search.

    Attributes:
        exact: Whether the finding names the wrong elements and no others.
        forwards: How many evaluations the whole audit took.
    """

    exact: bool
    forwards: int


def forward(x: Array) -> tuple[Array, Any]:
    """Sin x, with a gradient of its own for each element."""
    return np.sin(x), x


def locate(wrong: int, seed: int) -> Located:
    """An audit of one trial whose gradient is wrong in so many elements; what else is drawn depends on the seed."""
    rng = np.random.default_rng([seed, wrong])
    chosen = rng.choice(SHAPE[0] * SHAPE[1], wrong, replace=False)

    def backward(dout: Array, cache: Any) -> Array:
        dx: Array = dout * np.cos(cache)
        dx.reshape(-1)[chosen] *= FACTOR
        return dx

    outcome = check_gradient(forward, backward, {"x": rng.standard_normal(SHAPE)}, seed=seed, trials=1)
    return Located(_said(outcome) == _planted(chosen), outcome.evaluations.forward)


def locate_row(seed: int) -> Located:
    """The same with one row wrong, each element by the same factor."""
    rng = np.random.default_rng([seed, 0])
    row = int(rng.integers(SHAPE[0]))

    def backward(dout: Array, cache: Any) -> Array:
        dx: Array = dout * np.cos(cache)
        dx[row] *= FACTOR
        return dx

    outcome = check_gradient(forward, backward, {"x": rng.standard_normal(SHAPE)}, seed=seed, trials=1)
    exact = any(f.code == "GA208" and f"row {row} " in f.message.replace(",", " ") for f in outcome.findings)
    return Located(exact, outcome.evaluations.forward)


def _planted(chosen: Array) -> tuple[int, frozenset[tuple[int, int]]]:
    """How many elements, and the first four of them, as messages have it."""
    indices = sorted((int(i) // SHAPE[1], int(i) % SHAPE[1]) for i in chosen)
    return len(indices), frozenset(indices[:4])


def _said(outcome: Outcome) -> tuple[int, frozenset[tuple[int, int]]] | None:
    for finding in outcome.findings:
        listed = [(int(row), int(column)) for row, column in re.findall(r"\[(\d+), (\d+)\]", finding.message)]
        more = re.search(r" and (\d+) more", finding.message)
        if finding.code == "GA208":
            return len(listed) + (int(more[1]) if more else 0), frozenset(listed)
    return None
