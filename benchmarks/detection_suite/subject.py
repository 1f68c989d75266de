"""A pair at a point, as a checker sees it: a function of arrays with a pullback, and a count of its evaluations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detection_suite.pair import Array, Mutant, Pair, written
from gradaudit.drawing import draw_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradaudit.drawing.leaves import Drawn


def draw(pair: Pair, seed: int, *, sizes: Mapping[str, Any] | None = None) -> Drawn:
    """The inputs of the pair's first trial with a seed, the same for all checkers."""
    return draw_inputs(pair.inputs, pair.wrt, pair.sizes if sizes is None else sizes, seed, pair.name, 0)


class Subject:
    """A pair, perhaps with a mistake, at a drawn point.

    Attributes:
        point: The arrays that have gradients. They belong to the subject: a checker may change them and put them back.
        rest: The other inputs by name.
        forwards: How often the forward has been called.
    """

    def __init__(self, pair: Pair, mutant: Mutant | None, drawn: Drawn) -> None:
        self._forward, self._backward = written(pair, mutant)
        self.forwards = 0
        self.move(drawn)

    def move(self, drawn: Drawn) -> None:
        """Go to another point, with whatever the pair remembers of this one."""
        self.names = tuple(leaf.name for leaf in drawn.differentiable)
        self.point = tuple(np.array(leaf.value) for leaf in drawn.differentiable)
        self.rest = {name: np.array(value) for name, value in drawn.values.items() if name not in self.names}

    def forward(self, *arrays: Array) -> tuple[tuple[Array, ...], Any]:
        """The outputs, and what is kept for the backward."""
        self.forwards += 1
        *outputs, cache = self._forward(**self.rest, **dict(zip(self.names, arrays, strict=True)))
        return tuple(np.asarray(output) for output in outputs), cache

    def backward(self, upstreams: Sequence[Array], cache: Any) -> tuple[Array, ...]:
        """A gradient for each array of the point."""
        gradients = self._backward(*upstreams, cache)
        return gradients if isinstance(gradients, tuple) else (gradients,)


def draw_upstreams(outputs: Sequence[Array], seed: int) -> tuple[Array, ...]:
    """A random upstream gradient for each output; 1 for a scalar loss, as people do it."""
    if len(outputs) == 1 and outputs[0].ndim == 0:
        return (np.ones(()),)
    rng = np.random.default_rng([seed, 1])
    return tuple(rng.standard_normal(output.shape) for output in outputs)
