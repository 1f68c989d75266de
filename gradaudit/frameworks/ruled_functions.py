"""What functions with a gradient rule of their own have in common, whichever framework applies it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from gradaudit.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Callable


def named_signature(function: Callable[..., Any]) -> inspect.Signature | None:
    """A signature by which inputs can be bound by name; None where there is none, or it takes any number of them.

    >>> named_signature(lambda x, eps=1.0: x), named_signature(lambda *arrays: arrays)
    (<Signature (x, eps=1.0)>, None)
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some built-in functions
        return None
    kinds = {parameter.kind for parameter in signature.parameters.values()}
    return None if inspect.Parameter.VAR_POSITIONAL in kinds else signature


def without_first(signature: inspect.Signature | None) -> inspect.Signature | None:
    """Without the first parameter, ``ctx`` or ``self``, which the framework hands on.

    >>> without_first(named_signature(lambda ctx, x: x))
    <Signature (x)>
    """
    return signature and signature.replace(parameters=list(signature.parameters.values())[1:])


def refuse_make(make: Callable[[], Any] | None, name: str) -> None:
    """A function has no state, and nothing to build.

    Raises:
        AuditError: GA004, ``make=`` is given.
    """
    if make is not None:
        raise AuditError("GA004", f"make= builds objects, and {name} is called itself", help="leave make= out")
