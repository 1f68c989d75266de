"""Another draw of the same trial, where the audited code is called before and in between."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit.errors import AuditError
from gradaudit.numerics.arrays.stretches import stretches
from gradaudit.numerics.contract import identical
from gradaudit.runner.problems.freed_memory import LARGE
from gradaudit.runner.problems.held import Watched
from gradaudit.runner.problems.layouts import uncopied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gradaudit import drawing
    from gradaudit.runner.problems.audited_problem import AuditedFunction
    from gradaudit.runner.problems.evaluator import Evaluator, Leaf
    from gradaudit.runner.subjects.subject import Forwarded


# What is given, rather than drawn, is multiplied by this: it keeps its sign, its zeros and its symmetry.
STRETCHED = 1.5
# Elements that are right by chance, each about as likely as not, once in 256 mistakes.
ENOUGH = 8


class Elsewhere:
    """The audited code with other inputs of the same sizes.

    A point only a tenth of an input's size away does not do: 7% of stale caches give nearly the right gradient there.
    The inputs are drawn when they are asked for, and let go once they have been used: they are as large as the point.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        draw: Callable[[], drawing.Drawn],
        make: Callable[..., AuditedFunction],
        rng: np.random.Generator,
    ) -> None:
        """What is called there.

        Args:
            evaluator: The one that is checked.
            draw: Makes the other draw, the same each time.
            make: Makes the scalar function of an evaluator and its outputs.
            rng: Chooses a direction.
        """
        self._here, self._draw, self._make, self._rng = evaluator, draw, make, rng
        self._there: Evaluator | None = None
        self._made_up = False
        self._outputs: tuple[Any, ...] | None = None
        self._returned: Watched | None = None
        self.left_inputs_alone = False
        """Whether it is known that the visit wrote to nothing that it was handed, so that no copies are needed."""

    def visit(self) -> None:
        """A forward and its backward: what a first call leaves behind is there from then on."""
        with self._tolerant():
            forwarded = self._forwarded()
            outputs = self._evaluator().outputs(forwarded)
            call = self._make(self._evaluator(), outputs).completed(forwarded)
            self._returned = Watched(call.returned.values())
            # Only what they are like is asked for.
            self._outputs = tuple(np.broadcast_to(np.zeros((), each.dtype), each.shape) for each in outputs)
            self.left_inputs_alone = self._is_stretched(self._evaluator())

    @property
    def holds_what_it_returned(self) -> bool:
        """Whether the code may hold on to the arrays that its backward returned."""
        return self._returned is None or self._returned.is_held

    def forward(self) -> None:
        """One forward, after which the inputs are let go."""
        with self._tolerant():
            self._forwarded()
        self._there = None

    def is_kept_from_here(self, block: int, gradient: Any, upstreams: Sequence[Any]) -> bool:
        """Whether a wrong gradient is what the first visit left behind, rather than a formula that is wrong.

        The backward gives the very same here, so it does not look at the inputs of its own call; and with the upstream
        gradient of its first call it gives what is right here. A formula without inputs is wrong here as well, but in
        an array of a few elements it may be right by chance.

        Args:
            block: Which.
            gradient: It, at the point that is checked.
            upstreams: The upstream gradients that it belongs to.
        """
        if self._outputs is None or gradient.size < ENOUGH:
            return False
        function = self._make(self._evaluator(), self._outputs)
        if not identical(function.called(upstreams).gradient[block], gradient):
            return False
        from gradaudit.runner.problems.one_line import is_right

        return is_right(function, block, function.called().gradient[block], self._rng)

    def _is_stretched(self, there: Evaluator) -> bool:
        """Whether its inputs are what `_evaluator` made of given ones; asked where copies would be large."""
        pairs = [(here.value, moved.value) for here, moved in zip(self._here.leaves, there.leaves, strict=True)]
        if there.fixed or not any(here.nbytes > LARGE for here, _ in pairs):
            return False
        return all(
            here.flags.c_contiguous
            and moved.flags.c_contiguous
            and all(np.array_equal(STRETCHED * one, other) for _, one, other in stretches(here, moved))
            for here, moved in pairs
        )

    def _forwarded(self) -> Forwarded:
        evaluator = self._evaluator()
        return evaluator.forward(tuple(leaf.value for leaf in evaluator.leaves), uncopied)

    def _evaluator(self) -> Evaluator:
        """The one that is checked, at the other draw."""
        if self._there is None:
            other = self._draw()
            drawn = {leaf.name: np.asarray(leaf.value) for leaf in other.differentiable}
            given = [_is_given(leaf, drawn) for leaf in self._here.leaves]
            moved = [
                leaf._replace(value=STRETCHED * leaf.value if is_given else drawn[leaf.name])
                for leaf, is_given in zip(self._here.leaves, given, strict=True)
            ]
            # An input was not drawn: the code need not be made for what it is there.
            self._made_up = any(
                is_given and not leaf.parameter for leaf, is_given in zip(self._here.leaves, given, strict=True)
            )
            self._there = replace(self._here, leaves=moved, place=other.placed, fixed=other.fixed)
        return self._there

    @contextlib.contextmanager
    def _tolerant(self) -> Iterator[None]:
        try:
            yield
        except AuditError as error:
            if not (self._made_up and error.code == "GA006"):
                raise


def _is_given(leaf: Leaf, drawn: Mapping[str, np.ndarray[Any, Any]]) -> bool:
    if leaf.name not in drawn:
        return True
    return drawn[leaf.name] is leaf.value or np.array_equal(drawn[leaf.name], leaf.value)
