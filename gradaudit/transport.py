"""Records as JSON and back: how they cross the border to the process that runs audits.

That process may be another interpreter, which has neither our version of Python nor our dependencies, so the border is
strict JSON and this file needs the standard library alone. NaN and infinity cross as strings.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from functools import cache
from json import dumps as _to_text  # by name: audited code may put something else in their place
from json import loads as _from_text
from typing import Any, TypeVar

R = TypeVar("R")

_NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def dumps(record: object) -> str:
    r"""A record as one line of JSON.

    >>> from gradaudit.records.outcome import WorstElement
    >>> dumps(WorstElement((1, 2), 0.5, float("nan")))
    '{"index": [1, 2], "analytic": 0.5, "numeric": "NaN"}'
    """
    return _to_text(to_plain(record), allow_nan=False)


def to_plain(value: object) -> Any:
    """Dataclasses and named tuples as dicts, other tuples as lists, floats that JSON lacks as strings."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: to_plain(item) for name, item in zip(value._fields, value, strict=True)}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, float):
        return finite_or_name(value)
    return value


def finite_or_name(value: float) -> float | str:
    """A float as strict JSON can hold it.

    >>> finite_or_name(float("-inf")), finite_or_name(0.5)
    ('-Infinity', 0.5)
    """
    if math.isfinite(value):
        return float(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def loads(kind: type[R], text: str | bytes) -> R:
    """The record that `dumps` wrote.

    Raises:
        TypeError: The text holds something else.
    """
    return typing.cast("R", from_plain(kind, _from_text(text)))


def from_plain(kind: Any, value: Any) -> Any:
    """Rebuild a value of type `kind` (a record, a tuple, a union with None, a plain type) from JSON's types."""
    origin = typing.get_origin(kind)
    if origin in {typing.Union, types.UnionType}:
        if value is None:
            return None
        (kind,) = (option for option in typing.get_args(kind) if option is not type(None))
        return from_plain(kind, value)
    if origin is tuple:
        (item, *_) = typing.get_args(kind)
        return tuple(from_plain(item, element) for element in value)
    if dataclasses.is_dataclass(kind) or hasattr(kind, "_fields"):
        hints = _hints(typing.cast("type", kind))
        return typing.cast("Any", kind)(**{name: from_plain(hints[name], item) for name, item in value.items()})
    if kind is float:
        return _NON_FINITE[value] if isinstance(value, str) else float(value)
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)
