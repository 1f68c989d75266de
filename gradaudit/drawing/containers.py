"""Nested containers of inputs: their leaves, and the same containers with other leaves."""

from __future__ import annotations

import copy
import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit.distributions import Distribution

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping


def children_of(value: Any) -> list[tuple[Any, Any]] | None:
    """The parts of a container with their keys; None for a leaf."""
    if isinstance(value, Distribution):
        return None
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return list(zip(value._fields, value, strict=True))
    if isinstance(value, (list, tuple)):
        return list(enumerate(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)]
    return None


def leaves_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, tuple[Any, ...]]]:
    """Every leaf with its path.

    >>> leaves_of({"parameters": {"W": "D M"}})
    [('D M', ('parameters', 'W'))]
    """
    children = children_of(value)
    if children is None:
        return [(value, path)]
    return [leaf for key, child in children for leaf in leaves_of(child, (*path, key))]


def rebuild(
    value: Any, path: tuple[Any, ...], place: Callable[[Any, tuple[Any, ...]], Any], ends: Collection[tuple[Any, ...]]
) -> Any:
    """The same containers, of the same types, with other leaves; what is at one of `ends` is a leaf whatever it is."""
    children = None if path in ends else children_of(value)
    if children is None:
        return place(value, path)
    built = [(key, rebuild(child, (*path, key), place, ends)) for key, child in children]
    if isinstance(value, dict):
        made = copy.copy(value)  # keeps what a subclass of dict carries besides
        made.update(built)
        return made
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(**dict(built))
    if isinstance(value, (list, tuple)):
        return type(value)(child for _, child in built)
    made = copy.copy(value)
    for name, child in built:
        object.__setattr__(made, name, child)  # frozen ones too
    return made


def copied(value: Any) -> Any:
    """A copy that a call may write to."""
    if isinstance(value, np.ndarray):
        return value.copy(order="K")
    try:
        return copy.deepcopy(value)
    except Exception:  # noqa: BLE001 - what can't be copied is handed on itself
        return value


def replaced(values: Mapping[str, Any], leaves: Mapping[tuple[Any, ...], Any]) -> dict[str, Any]:
    """The same values with other leaves at some paths; the others are the very same.

    >>> replaced({"parameters": {"W": 1.0, "b": 2.0}}, {("parameters", "W"): 3.0})
    {'parameters': {'W': 3.0, 'b': 2.0}}
    """

    def place(leaf: Any, path: tuple[Any, ...]) -> Any:
        return leaves.get(path, leaf)

    touched = {path[0] for path in leaves}
    return {
        name: rebuild(value, (name,), place, leaves.keys()) if name in touched else value
        for name, value in values.items()
    }
