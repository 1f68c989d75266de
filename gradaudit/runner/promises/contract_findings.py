"""What a backward breaks of its contract, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gradaudit.records.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.errors import AuditError


def ignored(name: str, what: str) -> Finding:
    """GA209: a gradient that the upstream gradient, or a part of it, does not reach."""
    message = f"the gradient of {name} does not change with {what}, the numeric one does"
    return Finding("GA209", message, "multiply by it: the chain rule needs all of it", gradient=name)


def nonlinear(name: str) -> Finding:
    """GA210: a gradient that is not linear in the upstream gradient."""
    message = f"the gradient of {name} is not linear in the upstream gradient: g(a·v + w) is not a·g(v) + g(w)"
    remedy = "look for a clip, an absolute value, a square or a term that is added without the upstream gradient"
    return Finding("GA210", message, remedy, gradient=name)


def added(name: str) -> Finding:
    """GA210: a gradient with a term that the upstream gradient is no factor of."""
    message = f"the gradient of {name} has a term that the upstream gradient is no factor of"
    remedy = "multiply all of it by the upstream gradient, penalties and constants included"
    return Finding("GA210", message, remedy, gradient=name)


def mutates(changes: Sequence[str]) -> Finding:
    """GA301: calls that write to what they were handed."""
    return Finding("GA301", "; ".join(changes), "work on a copy: x = x * y in place of x *= y")


def stateful(name: str | None, *, plainly: bool) -> Finding:
    """GA303: a gradient that depends on what was called before."""
    if plainly:
        message = f"two backwards of the same forward give two gradients of {name}"
        remedy = "start from zero in each call, and keep nothing in globals, attributes or default arguments"
        return Finding("GA303", message, remedy, gradient=name)
    remedy = "hand on what the backward needs as a cache; a global or an attribute holds that of the last forward"
    if name is None:
        message = "the backward raises when the forward was called elsewhere in between"
        return Finding("GA303", message, remedy)
    message = f"the gradient of {name} changes when the forward is called elsewhere before the backward"
    return Finding("GA303", message, remedy, gradient=name)


def kept_from_first(name: str) -> Finding:
    """GA303: a gradient that belongs to the first call."""
    message = f"the gradient of {name} is that of the first call, whatever the inputs are now"
    remedy = "hand on what the backward needs as a cache, and keep nothing in globals, attributes or default arguments"
    return Finding("GA303", message, remedy, gradient=name)


def dtype(name: str, found: str, expected: str) -> Finding:
    """GA304: a gradient of another dtype than its input's."""
    message = f"the gradient of {name} is {found}, its input {expected}"
    remedy = "look for a constant, a buffer or a cast of another precision"
    return Finding("GA304", message, remedy, gradient=name)


def layout(kind: str, name: str | None = None, raised: AuditError | None = None) -> Finding:
    """GA305: another result for arrays that lie in memory differently."""
    arrays = "a read-only upstream gradient of equal elements" if kind == "zero-stride" else f"{kind} arrays"
    remedy = "look for reshape, view, ravel, strides or flat indices that count on C order"
    if raised is not None:
        message = f"called with {arrays}, the {raised.message}"
        return Finding("GA305", message, remedy, details=raised.details)
    what = "the output" if name is None else f"the gradient of {name}"
    return Finding("GA305", f"{what} changes with {arrays}", remedy, gradient=name)


def aliased(name: str, other: str) -> Finding:
    """GA306: a gradient that is no array of its own."""
    message = f"the gradient of {name} shares memory with {other}: writing to one changes the other"
    return Finding("GA306", message, "return a copy", gradient=name)


def imprecise(name: str, dtype_name: str, lost: float, limit: float) -> Finding:
    """GA307: a gradient that its own precision does not explain."""
    size = f"off by {lost:.2g} of its size (more than {limit:g})" if math.isfinite(lost) else "not finite"
    message = f"the gradient of {name} is right in float64, but {size} in {dtype_name}"
    remedy = "look for a difference of nearly equal numbers, an overflow or a sum in low precision; rearrange it"
    return Finding("GA307", message, remedy, gradient=name)
