"""What is said where an argument is not certain: what was bound, what was not, and the line to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradaudit.binding.known_names import FLAG_NAMES, RATE_NAMES, UPSTREAM_NAMES
from gradaudit.binding.signatures import name_of, signature_of
from gradaudit.errors import AuditError
from gradaudit.near_names import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradaudit.binding.plan import Argument

ALONE = "it stands alone, with no function named by forward="
NAME_FORWARD = "if it is a backward, name by forward= the function whose gradient it is"
"""What is said of a function whose forward is missing, or which is none and returns ``(value, gradients)``."""


def unbound(  # noqa: PLR0913, PLR0917 - what the message shows
    function: Callable[..., Any],
    plan: Sequence[Argument],
    missing: Sequence[str],
    remedy: str,
    role: str,
    why: str = "",
    *,
    help: str = "",  # noqa: A002 - the report's word
) -> AuditError:
    """The error for a function of which `missing` could not be bound, in words that show the rest of its `plan`."""
    bound = ", ".join(f"{argument.parameter} = {argument.source}" for argument in plan) or "nothing"
    named = f"{role} {name_of(function)}{signature_of(function) or '(...)'}".strip()
    lines = [f"{named}: {why}not every parameter can be bound"]
    lines.append(f"bound: {bound}")
    lines.append(f"not bound: {', '.join(missing) or 'nothing'}")
    return AuditError("GA004", "\n".join(lines), help=help or f"write {remedy}")


def misspelt(missing: Sequence[str], strays: Sequence[str]) -> str:
    """What an input may be that no parameter takes, where a parameter is left over; empty where none is like it."""
    remedies = {stray: nearest(stray, missing) for stray in strays}
    likely = next((stray for stray, remedy in remedies.items() if remedy.startswith("did you mean")), None)
    return "" if likely is None else f"inputs has {likely!r}, which it does not take; {remedies[likely]}"


def to_draw(names: Sequence[str]) -> str:
    """The line to write for arguments of the forward that are no inputs."""
    if names[0] == "self":
        return "the object in place of its class: object.forward and object.backward, or the decorator on the class"
    line = ", ".join(f'"{name}": {"True" if name in FLAG_NAMES else _QUOTED_SIZE}' for name in names)
    return f"inputs={{..., {line}}} with how each is drawn"


_QUOTED_SIZE = '"N"'


def suggestion(names: Sequence[str]) -> str:
    """The line to write for parameters that can't be bound.

    >>> suggestion(["dout", "lr"])
    'inputs={..., "lr": distributions.constant(0.1)}'
    """
    upstream = next((name for name in names if name in UPSTREAM_NAMES), names[0])
    others = [name for name in names if name != upstream]
    if others and all(name in RATE_NAMES | FLAG_NAMES for name in others):
        values = ", ".join(
            f'"{name}": {"True" if name in FLAG_NAMES else "distributions.constant(0.1)"}' for name in others
        )
        return f"inputs={{..., {values}}}"
    rest = "".join(f', "{name}": "<an argument of the forward, cache, output or rng>"' for name in others)
    constant = f', or inputs={{..., "{others[0]}": ...}} with a constant' if others else ""
    return f'bind={{"{upstream}": "upstream"{rest}}}{constant}'


def all_upstreams(names: Sequence[str]) -> str:
    """The line to write for a single parameter that takes all upstream gradients, as part of a remedy."""
    return f'bind={{"{names[0]}": "upstreams"}} if it takes a tuple of all, ' if len(names) == 1 else ""
