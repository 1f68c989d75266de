"""The same inputs with all but one of the floating arrays zero: what is left of a cost is what that one does alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradaudit.distributions import Distribution
from gradaudit.distributions.constants import Constant
from gradaudit.distributions.shapes import parse_shape
from gradaudit.drawing.containers import rebuild
from gradaudit.drawing.points import Point

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Zeros(Distribution):
    """An array of zeros."""

    random: ClassVar[bool] = False

    def sample(self, rng: np.random.Generator, sizes: Mapping[str, int]) -> np.ndarray[Any, Any]:
        """Zeros in the shape."""
        del rng
        return np.zeros(self.shape.value(sizes))


def zeroed(inputs: Mapping[str, Any] | Callable[..., Mapping[str, Any]], but: str) -> Any:
    """The inputs with zeros for each floating array but one; single numbers that are given stay, as do labels.

    Args:
        inputs: For each input how it is drawn, or its value, in containers or not; or a callable that draws everything.
        but: The dotted name of the one that stays.

    Example:
        >>> zeroed({"x": np.ones(2), "w": "D", "rate": 0.1}, but="w")
        {'x': array([0., 0.]), 'w': 'D', 'rate': 0.1}
        >>> zeroed({"x": "N D", "w": "D"}, but="w")["x"].shape.text
        'N D'
    """
    if callable(inputs):
        return lambda *args, **kwargs: zeroed(inputs(*args, **kwargs), but)

    def place(leaf: Any, path: tuple[Any, ...]) -> Any:
        return leaf if ".".join(map(str, path)) == but else _zero(leaf)

    return {name: rebuild(value, (name,), place, ()) for name, value in inputs.items()}


def _zero(leaf: Any) -> Any:
    match leaf:
        case str():
            return _zeros(leaf)
        case Point() | Constant():
            return replace(leaf, value=_blank(leaf.value))
        case Distribution():
            return Zeros(leaf.shape) if leaf.floating and leaf.differentiable else leaf
    return _blank(leaf)


def _blank(value: Any) -> Any:
    """What is no array is no data: rates, penalties, switches."""
    is_data = isinstance(value, np.ndarray) and value.ndim and value.dtype.kind == "f"
    return np.zeros_like(value) if is_data else value


def _zeros(shape: str) -> Any:
    try:
        return Zeros(parse_shape(shape))
    except ValueError:
        return shape  # a mistake that the regular trials have told of
