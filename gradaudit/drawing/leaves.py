"""What was drawn: every array and constant among the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradaudit.drawing.containers import copied, rebuild

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradaudit.numerics.problems.problem import Tangents


class DrawnLeaf(NamedTuple):
    """One array, or one constant, among the inputs.

    Attributes:
        path: The input's name, then keys, indices and names of fields.
        value: What was drawn, in the dtype of the trial.
        drawn: Whether it was drawn, rather than given as a constant.
        differentiable: Whether it is differentiated unless `wrt` says otherwise.
        tangents: The directions in which it may move; None for all.
        note: What a report says of how its gradient is compared.
    """

    path: tuple[Any, ...]
    value: Any
    drawn: bool
    differentiable: bool
    tangents: Tangents | None = None
    note: str = ""

    @property
    def name(self) -> str:
        """Dotted, such as ``parameters.W1``."""
        return ".".join(str(step) for step in self.path)

    @property
    def is_floating(self) -> bool:
        """Whether it is an array or number that a derivative can be taken by."""
        return isinstance(self.value, (np.ndarray, np.generic, float)) and np.asarray(self.value).dtype.kind == "f"


class Drawn(NamedTuple):
    """All inputs of one trial.

    Attributes:
        values: Each input's value.
        leaves: Every leaf of the inputs, constants included.
        differentiable: Those that are differentiated, in the order of `wrt`.
        sizes: The named sizes.
    """

    values: dict[str, Any]
    leaves: tuple[DrawnLeaf, ...]
    differentiable: tuple[DrawnLeaf, ...]
    sizes: Mapping[str, int]

    @property
    def fixed(self) -> dict[str, np.ndarray[Any, Any]]:
        """The arrays that were drawn and are not differentiated, such as labels, by dotted name."""
        moving = {leaf.path for leaf in self.differentiable}
        return {
            leaf.name: leaf.value
            for leaf in self.leaves
            if leaf.drawn and leaf.path not in moving and isinstance(leaf.value, np.ndarray) and leaf.value.ndim
        }

    @property
    def repeating(self) -> frozenset[str]:
        """The names of the drawn integer arrays in which some entries are equal."""
        return frozenset(
            leaf.name
            for leaf in self.leaves
            if leaf.drawn and np.asarray(leaf.value).dtype.kind in "iu" and np.unique(leaf.value).size < leaf.value.size
        )

    def placed(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs with some leaves replaced, and everything else copied: a call may write to what it is given.

        Args:
            arrays: Dotted names of leaves with their values.
        """

        def place(leaf: Any, path: tuple[Any, ...]) -> Any:
            name = ".".join(str(step) for step in path)
            return arrays[name] if name in arrays else copied(leaf)

        ends = {leaf.path for leaf in self.leaves}  # a constant is copied whole, whatever is inside
        return {name: rebuild(value, (name,), place, ends) for name, value in self.values.items()}
