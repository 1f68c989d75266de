"""Another draw of the same trial, where the audited code is called before and in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradaudit.runner.differentiable import draw_upstreams
from gradaudit.runner.layouts import as_it_is

if TYPE_CHECKING:
    import numpy as np

    from gradaudit.runner.differentiable import Evaluator
    from gradaudit.runner.subjects import Forwarded


@dataclass(frozen=True)
class Elsewhere:
    """The audited code with other inputs of the same sizes.

    A point only a tenth of an input's size away does not do: 7% of stale caches give nearly the right gradient there.

    Attributes:
        evaluator: Calls the audited code there, and counts.
        rng: Draws the upstream gradient.
    """

    evaluator: Evaluator
    rng: np.random.Generator

    def forward(self) -> Forwarded:
        """One forward."""
        return self.evaluator.forward(tuple(leaf.value for leaf in self.evaluator.leaves))

    def visit(self) -> None:
        """A forward and its backward: what a first call leaves behind is there from then on."""
        forwarded = self.forward()
        ones = self.evaluator.subject.takes_upstream is None
        upstreams = draw_upstreams(self.evaluator.outputs(forwarded), self.rng, ones=ones)
        self.evaluator.backward(forwarded, self.evaluator.natives(forwarded, upstreams, as_it_is))
