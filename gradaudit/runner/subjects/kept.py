"""Arrays before a call and after: what a forward keeps for its backward, and what it is handed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit.numerics.contract import identical

if TYPE_CHECKING:
    from gradaudit.frameworks.interface import Framework
    from gradaudit.runner.subjects.subject import Forwarded

# Nested deeper than this, something refers to itself.
DEEPEST = 6


def arrays_within(value: Any, framework: Framework, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every array in nested containers and simple objects, as NumPy's, with where it is.

    >>> from gradaudit.frameworks import framework
    >>> [path for path, _ in arrays_within(({"x": np.ones(2)}, 3), framework("numpy"))]
    ["[0]['x']"]
    """
    if isinstance(value, (str, bytes)) or depth > DEEPEST:
        return
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        array = framework.to_numpy(value)
        if array is not None and array.ndim:
            yield path, array
        return
    for label, item in _items(value):
        yield from arrays_within(item, framework, path + label, depth + 1)


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((f"[{key!r}]", item) for key, item in value.items())
    elif isinstance(value, (list, tuple)):
        yield from ((f"[{index}]", item) for index, item in enumerate(value))
    elif type(value).__module__ != "builtins" and hasattr(value, "__dict__") and not callable(value):
        yield from ((f".{name}", item) for name, item in vars(value).items())


class Kept:
    """What a forward kept for its backward, before that ran."""

    def __init__(self, forwarded: Forwarded, framework: Framework) -> None:
        self._forwarded, self._framework = forwarded, framework
        # Inputs are looked at themselves; constants, such as running means, may be written to.
        handed = [array for _, array in arrays_within((forwarded.given, forwarded.constants), framework)]
        self._before = {
            path: np.array(array)
            for path, array in self._arrays()
            if not any(np.may_share_memory(array, other) for other in handed)
        }

    def _arrays(self) -> Iterator[tuple[str, Any]]:
        cache, *context = self._forwarded.kept or (None,)
        yield from arrays_within(cache, self._framework, "cache")
        yield from arrays_within(context[0] if context else None, self._framework, "ctx")

    def changed(self) -> list[str]:
        """Where another array, or another content, is now; what was taken out is not looked for."""
        now = dict(self._arrays())
        return [path for path, array in self._before.items() if path in now and not identical(now[path], array)]


def changed_arrays(handed: Mapping[str, Any], originals: Mapping[str, Any], framework: Framework) -> list[str]:
    """Names of the arrays that were handed to a call and are not what they were."""
    return [
        name
        for name, given in handed.items()
        if (array := framework.to_numpy(given)) is not None and not identical(array, originals[name])
    ]
