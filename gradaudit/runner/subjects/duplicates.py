"""Copies of objects as they are, for calls that must not see each other's caches.

`copy.deepcopy` goes by what a class does to be pickled, which may leave attributes out or set them anew; attributes are
copied one by one here, and what is no object of Python attributes is left to `copy.deepcopy`.
"""

from __future__ import annotations

import copy
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

_SHARED = (type, FunctionType, BuiltinFunctionType, ModuleType, str, bytes, int, float, complex, type(None))


def duplicate(value: Any, memo: dict[int, Any] | None = None) -> Any:
    """A copy that shares nothing that can be written to; the very same of what can't be copied.

    Args:
        value: Anything.
        memo: What was copied already, by the identity of the original.

    Example:
        >>> from types import SimpleNamespace
        >>> layer = SimpleNamespace(cache=[1.0])
        >>> layer.again = layer
        >>> other = duplicate(layer)
        >>> other.cache, other.cache is layer.cache, other.again is other
        ([1.0], False, True)
    """
    memo = {} if memo is None else memo
    if isinstance(value, _SHARED):
        return value
    if id(value) not in memo:
        memo[id(value)] = _made(value, memo)
    return memo[id(value)]


def _made(value: Any, memo: dict[int, Any]) -> Any:
    kind = type(value)
    if kind is list or kind is dict:
        return _filled(value, memo)
    if kind is tuple:
        return tuple(duplicate(item, memo) for item in value)
    if kind is MethodType:
        return MethodType(value.__func__, duplicate(value.__self__, memo))
    made: Any = None if hasattr(kind, "__deepcopy__") else _blank(kind)
    if made is None:
        try:
            return copy.deepcopy(value, memo)
        except Exception:  # noqa: BLE001 - audited code, or a lock, a file, ...
            return value
    memo[id(value)] = made  # before its attributes, which may lead back to it
    for name, item in vars(value).items():
        made.__dict__[name] = duplicate(item, memo)
    return made


def _filled(value: Any, memo: dict[int, Any]) -> Any:
    """A list or a dictionary, which is known before its items are: they may lead back to it."""
    made: Any = type(value)()
    memo[id(value)] = made
    if isinstance(value, dict):
        made.update((key, duplicate(item, memo)) for key, item in value.items())
    else:
        made.extend(duplicate(item, memo) for item in value)
    return made


def _blank(kind: type) -> Any:
    """An object of a class whose state is its attributes; None for what is built in, or holds more than these."""
    has_slots = any(vars(each).get("__slots__") for each in kind.__mro__)
    if has_slots or not hasattr(kind, "__dict__") or any(each.__module__ == "builtins" for each in kind.__mro__[:-1]):
        return None
    try:
        made: Any = object.__new__(kind)
    except TypeError:  # its memory is laid out by an extension module
        return None
    return made if hasattr(made, "__dict__") else None
