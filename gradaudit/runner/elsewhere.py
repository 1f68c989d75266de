"""Another draw of the same trial, where the audited code is called before and in between."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit.errors import AuditError
from gradaudit.numerics.contract import identical
from gradaudit.runner.layouts import uncopied
from gradaudit.runner.one_line import is_right

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gradaudit import drawing
    from gradaudit.runner.audited_problem import AuditedFunction, Call
    from gradaudit.runner.differentiable import Evaluator, Leaf
    from gradaudit.runner.subjects import Forwarded


# What is given, rather than drawn, is multiplied by this: it keeps its sign, its zeros and its symmetry.
STRETCHED = 1.5
# Elements that are right by chance, each about as likely as not, once in 256 mistakes.
ENOUGH = 8


class Elsewhere:
    """The audited code with other inputs of the same sizes.

    A point only a tenth of an input's size away does not do: 7% of stale caches give nearly the right gradient there.
    """

    def __init__(
        self, evaluator: Evaluator, make: Callable[..., AuditedFunction], rng: np.random.Generator, *, made_up: bool
    ) -> None:
        """What is called there.

        Args:
            evaluator: Calls the audited code there, and counts.
            make: Makes the scalar function of it, from the evaluator and its outputs.
            rng: Chooses a direction.
            made_up: Whether an input was not drawn, so that the code need not be made for what it is there.
        """
        self._evaluator, self._make, self._rng, self._made_up = evaluator, make, rng, made_up
        self._function: AuditedFunction | None = None
        self._first: Call | None = None

    def forward(self) -> None:
        """One forward."""
        with self._tolerant():
            self._forwarded()

    def visit(self) -> None:
        """A forward and its backward: what a first call leaves behind is there from then on."""
        with self._tolerant():
            forwarded = self._forwarded()
            self._function = self._make(self._evaluator, self._evaluator.outputs(forwarded))
            self._first = self._function.first(forwarded)

    def is_kept_from_here(self, block: int, gradient: Any, upstreams: Sequence[Any]) -> bool:
        """Whether a wrong gradient is what the first visit left behind, rather than a formula that is wrong.

        The backward gives the very same here, so it does not look at the inputs of its own call; and what it gave when
        it was first called is right. A formula without inputs is wrong here as well, but in an array of a few elements
        it may be right by chance.

        Args:
            block: Which.
            gradient: It, at the point that is checked.
            upstreams: The upstream gradients that it belongs to.
        """
        function, first = self._function, self._first
        if function is None or first is None or first.gradient[block] is None or first.gradient[block].size < ENOUGH:
            return False
        if not identical(function.called(upstreams).gradient[block], gradient):
            return False
        return is_right(function, block, first.gradient[block], self._rng)

    def _forwarded(self) -> Forwarded:
        return self._evaluator.forward(tuple(leaf.value for leaf in self._evaluator.leaves), uncopied)

    @contextlib.contextmanager
    def _tolerant(self) -> Iterator[None]:
        try:
            yield
        except AuditError as error:
            if not (self._made_up and error.code == "GA006"):
                raise


def elsewhere(
    evaluator: Evaluator, other: drawing.Drawn, make: Callable[..., AuditedFunction], rng: np.random.Generator
) -> Elsewhere:
    """The same evaluator at another draw.

    Args:
        evaluator: The one that is checked.
        other: The other draw.
        make: Makes the scalar function of it.
        rng: Chooses a direction.
    """
    drawn = {leaf.name: np.asarray(leaf.value) for leaf in other.differentiable}
    moved = [
        replace(leaf, value=STRETCHED * leaf.value if _is_given(leaf, drawn) else drawn[leaf.name])
        for leaf in evaluator.leaves
    ]
    made_up = any(_is_given(leaf, drawn) and not leaf.parameter for leaf in evaluator.leaves)
    there = replace(evaluator, leaves=moved, place=other.placed, fixed=other.fixed)
    return Elsewhere(there, make, rng, made_up=made_up)


def _is_given(leaf: Leaf, drawn: Mapping[str, np.ndarray[Any, Any]]) -> bool:
    return leaf.name not in drawn or np.array_equal(drawn[leaf.name], leaf.value)
