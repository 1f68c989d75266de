"""What each option of an audit may be, in one table, so that a mistake is told before anything runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any, TypeAlias

from gradaudit.errors import AuditError, an

Accepts: TypeAlias = Callable[[Any], bool]

_DTYPES = ("float64", "float32", "float16", "bfloat16")
_FORMS = ("gradient", "jacobian", "elementwise")
_MODES = ("auto", "elementwise", "directional")


def _is_count(least: int) -> Accepts:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_above_zero(value: object) -> bool:
    return type(value) is not bool and isinstance(value, Real) and 0 < float(value) < math.inf


def _is_one_of(words: tuple[str, ...]) -> tuple[Accepts, str]:
    return lambda value: isinstance(value, str) and value in words, "one of " + ", ".join(map(repr, words))


def _is_mapping_of_text(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(text, str) for item in value.items() for text in item)


def _is_text_or_several(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value))


_ACCEPTED: dict[str, tuple[Accepts, str]] = {
    "wrt": (_is_text_or_several, 'the name of an input, or several such as ("x", "w")'),
    "bind": (_is_mapping_of_text, 'a mapping of names such as {"g": "upstream"}'),
    "returns": _is_one_of(_FORMS),
    "order": (lambda value: isinstance(value, int) and value in {1, 2}, "1 or 2"),
    "outputs": (_is_count(1), "an integer of at least 1"),
    "make": (callable, "a function that builds the object"),
    "parameters": (_is_mapping_of_text, 'a mapping of names such as {"W": "dW"}'),
    "sizes": (lambda value: isinstance(value, Mapping), 'a mapping such as {"N": (1, 8)}'),
    "seed": (_is_count(0), "an integer of at least 0"),
    "trials": (_is_count(1), "an integer of at least 1"),
    "mode": _is_one_of(_MODES),
    "dtype": _is_one_of(_DTYPES),
    "upcast": (lambda value: isinstance(value, bool), "True or False"),
    "threshold": (_is_above_zero, "a number above 0"),
    "epsilon": (_is_above_zero, "a number above 0"),
    "timeout": (_is_above_zero, "a number of seconds above 0"),
    "framework": (lambda value: isinstance(value, str), 'a name such as "numpy"'),
}


def check_options(options: Mapping[str, Any]) -> None:
    """See that every option that is given is of its kind and in its range.

    Args:
        options: Options by name; None where one is not given.

    Raises:
        AuditError: GA004, one is not.

    Example:
        >>> check_options({"trials": 3, "bind": {"g": "upstream"}, "wrt": None})
        >>> check_options({"trials": 0})
        Traceback (most recent call last):
        gradaudit.errors.AuditError: trials=0: expected an integer of at least 1
    """
    for name, (accepts, expected) in _ACCEPTED.items():
        value = options.get(name)
        if value is not None and not accepts(value):
            message = f"{name}={_shown(value)}: expected {expected}"
            raise AuditError("GA004", message, help=f"give {name}= such a value")
    if options.get("epsilon") is not None and options.get("mode") == "directional":
        message = f'epsilon={options["epsilon"]!r} has no meaning with mode="directional", which chooses its own step'
        raise AuditError("GA004", message, help='write mode="elementwise", or leave epsilon= out')
    if options.get("returns") is not None and options.get("order") == 2:
        message = f"returns={options['returns']!r} has no meaning with order=2: it is a Hessian, or takes a vector"
        raise AuditError("GA004", message, help="leave returns= out")


def reason_of(options: Mapping[str, Any], name: str) -> str | None:
    """The reason that ``skip=`` or ``xfail=`` gives; None where it is left out or false.

    Args:
        options: Options by name.
        name: ``skip`` or ``xfail``.

    Raises:
        AuditError: GA004, it is true and no text, which leaves open why.

    Example:
        >>> reason_of({"skip": "needs a GPU"}, "skip"), reason_of({"skip": False}, "skip")
        ('needs a GPU', None)
    """
    value = options.get(name)
    if isinstance(value, str):
        return value or None
    if value is None or value is False or (type(value).__name__ in _FALSY_TYPES and not value):
        return None
    message = f"{name}={_shown(value)}: expected the reason as text, or False"
    raise AuditError("GA004", message, help=f'write {name}="the reason", or {name}=condition and "the reason"')


_FALSY_TYPES = frozenset({"int", "bool", "bool_"})
"""What conditions come as: a number of devices, a NumPy comparison."""


def _shown(value: Any) -> str:
    try:
        return repr(value)[:200]
    except Exception:  # noqa: BLE001 - its __repr__ is audited code
        return an(type(value).__name__)
