"""Inputs that are given in a framework's own arrays, as NumPy's, which is what is drawn, moved and compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from gradaudit.drawing import is_asked, rebuild

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.frameworks.interface import Framework


def in_numpy(inputs: Any, wrt: str | Sequence[str] | None, framework: Framework) -> Any:
    """The inputs with the framework's own arrays in NumPy's where they are differentiated; the others are constants.

    Args:
        inputs: A mapping, or a callable that draws everything by itself.
        wrt: Names of what is differentiated; None for nothing that is given in a mapping.
        framework: Reads its arrays.
    """
    if callable(inputs):
        return _Reading(inputs, framework)
    return inputs if wrt is None or not isinstance(inputs, Mapping) else read_natives(inputs, wrt, framework)


def read_natives(inputs: Mapping[str, Any], wrt: str | Sequence[str] | None, framework: Framework) -> dict[str, Any]:
    """The inputs with the framework's own floating arrays as NumPy's where `wrt` leaves them in."""

    def place(leaf: Any, path: tuple[Any, ...]) -> Any:
        if not framework.is_native(leaf) or not is_asked(path, wrt):
            return leaf
        array = framework.to_numpy(leaf)
        return leaf if array is None or array.dtype.kind not in "fc" else array

    return {name: rebuild(value, (name,), place, ()) for name, value in inputs.items()}


class _Reading:
    """A callable that draws all inputs, whatever it takes, with its arrays read."""

    def __init__(self, draw: Callable[..., Any], framework: Framework) -> None:
        self.__wrapped__ = draw
        self._framework = framework

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        drawn = self.__wrapped__(*arguments, **keywords)
        return read_natives(drawn, None, self._framework) if isinstance(drawn, Mapping) else drawn
