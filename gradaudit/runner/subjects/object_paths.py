"""Arrays in an object, by dotted paths of attributes, keys and indices: they are found, read and set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gradaudit.errors import AuditError
from gradaudit.matching import follow
from gradaudit.runner.execution.audited_code import first_line

ANY = "*"
"""The step of a pattern that stands for every item or attribute: ``layers.*.W``."""

# Nested deeper than this, something refers to itself.
_DEEPEST = 6


def read(holder: Any, path: str) -> Any:
    """The value at a dotted path.

    >>> from types import SimpleNamespace
    >>> read(SimpleNamespace(parameters={"W": 1.0}), "parameters.W")
    1.0
    """
    return follow(holder, steps_of(holder, path))


def steps_of(holder: Any, path: str) -> list[Any]:
    """The steps of a dotted path: a number is an index, unless it is a mapping's key as it stands.

    >>> steps_of({"1": [0.5]}, "1.0")
    ['1', 0]
    """
    steps: list[Any] = []
    for step in path.split("."):
        is_index = step.isdecimal() and not (isinstance(holder, Mapping) and step in holder)
        steps.append(int(step) if is_index else step)
        holder = follow(holder, steps[-1:])
    return steps


def items_of(value: Any) -> list[tuple[Any, Any]]:
    """What a container or an object made of Python attributes holds, with its keys, indices or names."""
    try:
        if isinstance(value, Mapping):
            return list(value.items())
        if isinstance(value, (list, tuple)):
            return list(enumerate(value))
        is_object = type(value).__module__ != "builtins" and not isinstance(value, type) and not _is_array(value)
        return _attributes(value) if is_object else []
    except Exception:  # noqa: BLE001 - audited code, which may refuse
        return []


def _attributes(value: Any) -> list[tuple[str, Any]]:
    names = [name for kind in type(value).__mro__ for name in _slots(kind) if hasattr(value, name)]
    own = list(vars(value).items()) if hasattr(value, "__dict__") else []
    return [(name, getattr(value, name)) for name in names] + own


def _slots(kind: type) -> tuple[str, ...]:
    slots = vars(kind).get("__slots__", ())
    names = (slots,) if isinstance(slots, str) else tuple(slots)
    return tuple(name for name in names if not name.startswith("__"))


def _is_array(value: Any) -> bool:
    """By the class alone: looking an object's own attributes up may run code."""
    return hasattr(type(value), "dtype") and hasattr(type(value), "shape")


def floating_arrays(
    value: Any, to_array: Callable[[Any], Any], path: tuple[Any, ...] = (), within: tuple[int, ...] = ()
) -> Iterator[tuple[str, Any]]:
    """Every floating array in an object, with its dotted path; names with a dot in them have none.

    Args:
        value: The object.
        to_array: The framework's reader: an array, or None for what is no array.
        path: Where it is.
        within: What it is held by.
    """
    holders = (*within, id(value))
    items = [] if len(path) == _DEEPEST else [(key, item) for key, item in items_of(value) if "." not in str(key)]
    for key, item in items:
        array = to_array(item) if _is_array(item) else None
        if array is not None and array.dtype.kind == "f":
            yield ".".join(map(str, (*path, key))), array
    for key, item in items:  # after what is nearer: an object may lead back to its holder
        if not _is_array(item) and id(item) not in holders:
            yield from floating_arrays(item, to_array, (*path, key), holders)


def expanded(parameters: Mapping[str, str], holder: Any, to_array: Callable[[Any], Any]) -> dict[str, str]:
    """Parameters and their gradients with each pattern replaced by the paths that it stands for.

    Args:
        parameters: Paths or patterns of parameters, with those of their gradients.
        holder: The object.
        to_array: The framework's reader.

    Raises:
        AuditError: GA004, a pattern stands for nothing, or its gradient's has another number of stars.

    Example:
        >>> import numpy as np
        >>> expanded({"layers.*.W": "layers.*.dW"}, {"layers": [{"W": np.ones(2)}, {}]}, np.asarray)
        {'layers.0.W': 'layers.0.dW'}
    """
    found: dict[str, str] = {}
    for pattern, gradient in parameters.items():
        steps, stars = pattern.split("."), gradient.split(".").count(ANY)
        if ANY not in steps and not stars:
            found[pattern] = gradient
            continue
        if stars != steps.count(ANY):
            message = f"parameters={{{pattern!r}: {gradient!r}}}: both need as many *, which stand for the same steps"
            raise AuditError("GA004", message, help='write for example {"layers.*.W": "layers.*.dW"}')
        matches = list(_matches(holder, steps, to_array))
        if not matches:
            message = f"parameters= names {pattern!r}, which stands for no floating array of {type(holder).__name__}"
            raise AuditError("GA004", message, help=_arrays_there(holder, to_array))
        for path, filled in matches:
            steps_filled = iter(filled)
            found[path] = ".".join(next(steps_filled) if step == ANY else step for step in gradient.split("."))
    return found


def _matches(holder: Any, pattern: list[str], to_array: Callable[[Any], Any]) -> Iterator[tuple[str, list[str]]]:
    """The paths of floating arrays that a pattern stands for, with the steps that its stars stand for."""
    for path, _ in floating_arrays(holder, to_array):
        steps = path.split(".")
        if len(steps) == len(pattern) and all(one in {ANY, step} for one, step in zip(pattern, steps, strict=True)):
            yield path, [step for one, step in zip(pattern, steps, strict=True) if one == ANY]


def _arrays_there(holder: Any, to_array: Callable[[Any], Any]) -> str:
    paths = [path for path, _ in floating_arrays(holder, to_array)]
    return f"its floating arrays are {', '.join(paths)}" if paths else "it holds none when it is built"


def assign(holder: Any, path: str, value: Any) -> None:
    """Set the array at a dotted path, and by whatever other names the object holds it.

    It is written in place where it can be, as training does.

    Raises:
        AuditError: GA004, it can't be set.
    """
    *before, last = steps_of(holder, path)
    owner = follow(holder, before)
    held = follow(owner, [last])
    if _written(owner, last, held, value):
        return
    try:
        _set(owner, last, value)
    except (AttributeError, TypeError, ValueError) as error:
        message = f"parameters= names {path!r}, which can't be set: {first_line(error)}"
        raise AuditError("GA004", message, help="name the attribute or the list that holds the array itself") from error
    if hasattr(held, "dtype"):
        _rebind(holder, held, value)


def widen(holder: Any, path: str, old: Any, new: Any) -> None:
    """Bring a gradient that is there before the backward, a buffer, to the dtype that its parameter was brought to.

    Args:
        holder: The object.
        path: Of the gradient.
        old: The parameter's array as the object was built with it.
        new: The parameter's array now.
    """
    try:
        *before, last = steps_of(holder, path)
        owner = follow(holder, before)
        buffer = follow(owner, [last])
        if (buffer.dtype, buffer.shape) == (old.dtype, old.shape) and old.dtype != new.dtype:
            wide = buffer.astype(new.dtype)
            _set(owner, last, wide)
            _rebind(holder, buffer, wide)
    except (AttributeError, KeyError, IndexError, TypeError, ValueError):
        return  # it is made by the backward, or is no such array


def _set(owner: Any, last: Any, value: Any) -> None:
    if isinstance(last, int) or isinstance(owner, Mapping):
        owner[last] = value
    else:
        setattr(owner, last, value)


def _written(owner: Any, last: Any, held: Any, value: Any) -> bool:
    """Whether the value could be written into the array that is there."""
    is_writeable = getattr(getattr(held, "flags", None), "writeable", False)
    if not is_writeable or (held.shape, held.dtype) != (value.shape, value.dtype):
        return False
    held[...] = value
    return bool(follow(owner, [last]).tobytes() == value.tobytes())  # not so where a property makes copies


def _rebind(value: Any, old: Any, new: Any, within: tuple[int, ...] = ()) -> None:
    """Put one array in another's place wherever an object holds it: networks keep lists of their layers' arrays."""
    for key, item in items_of(value):
        if item is old and not isinstance(value, tuple):
            _set(value, key, new)
        elif id(item) not in within and len(within) < _DEEPEST:
            _rebind(item, old, new, (*within, id(value)))
