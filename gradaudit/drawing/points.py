"""Inputs that are given rather than drawn: an array or a number is the point itself at which a gradient is checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradaudit.distributions import Distribution
from gradaudit.distributions.constants import Constant
from gradaudit.distributions.shapes import Shape
from gradaudit.drawing.containers import leaves_of, rebuild
from gradaudit.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True, eq=False)
class Point(Distribution):
    """An array or number that every draw gives, as a copy in the dtype that is asked for."""

    value: Any
    random: ClassVar[bool] = False

    def sample(self, rng: np.random.Generator, sizes: Mapping[str, int]) -> np.ndarray[Any, Any]:
        """The value, copied.

        Raises:
            AuditError: GA004, it is not finite.
        """
        del rng, sizes
        value = np.array(self.value)
        if not np.isfinite(value).all():
            where = [int(i) for i in np.argwhere(~np.isfinite(value))[0]]
            message = "the point is not finite" + (f" at {where}" if where else "")
            raise AuditError("GA004", message, help="distributions.constant(...) hands it on without differentiating")
        return value

    def draw(self, rng: np.random.Generator, sizes: Mapping[str, int], dtype: np.dtype[Any]) -> Any:
        """The value in `dtype`; one that is complex stays so, and is refused as a drawn one is."""
        array = self.sample(rng, sizes)
        return (array if array.dtype.kind == "c" else array.astype(dtype, copy=False))[()]


def with_points(inputs: Mapping[str, Any], wrt: str | Sequence[str] | None) -> dict[str, Any]:
    """The inputs with each floating array or number made a point; what `wrt` leaves out stays a constant.

    Args:
        inputs: For each input how it is drawn, or its value, in containers or not.
        wrt: Names of inputs or dotted names of leaves; None for every floating one.

    Example:
        >>> made = with_points({"x": np.ones(3), "w": "3 M", "labels": np.arange(3)}, None)
        >>> [type(value).__name__ for value in made.values()]
        ['Point', 'str', 'ndarray']
    """

    def place(leaf: Any, path: tuple[Any, ...]) -> Any:
        return Point(Shape(()), leaf) if _is_floating(leaf) and is_asked(path, wrt) else leaf

    return {name: rebuild(value, (name,), place, ()) for name, value in inputs.items()}


def draws_anything(inputs: Mapping[str, Any] | Callable[..., Any]) -> bool:
    """Whether any input depends on the random stream, so that another trial is at another point.

    >>> draws_anything(with_points({"x": 1.0, "labels": [1, 2]}, None)), draws_anything({"x": ["N"]})
    (False, True)
    """
    leaves = [] if callable(inputs) else [leaf for leaf, _ in leaves_of(inputs)]
    return callable(inputs) or any(
        isinstance(leaf, (str, Distribution)) and not isinstance(leaf, (Point, Constant)) for leaf in leaves
    )


def _is_floating(leaf: Any) -> bool:
    """Complex ones too: that they are not supported is to be told, not passed over."""
    return isinstance(leaf, float) or (isinstance(leaf, (np.ndarray, np.generic)) and leaf.dtype.kind in "fc")


def is_asked(path: tuple[Any, ...], wrt: str | Sequence[str] | None) -> bool:
    """Whether `wrt` leaves the leaf at a path in: it names it, or a container of it.

    >>> is_asked(("parameters", "W"), "parameters"), is_asked(("x",), ["parameters.W"])
    (True, False)
    """
    if wrt is None:
        return True
    name = ".".join(map(str, path))
    return any(name == asked or name.startswith(f"{asked}.") for asked in ([wrt] if isinstance(wrt, str) else wrt))
