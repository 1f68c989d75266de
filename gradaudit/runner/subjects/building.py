"""What builds the object of a trial: what ``make=`` says, or its class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradaudit.binding.known_names import RANDOM_NAMES
from gradaudit.binding.signatures import signature_of
from gradaudit.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Callable


def builder(make: Callable[..., Any], random: Callable[[str], Any], owner: type) -> Callable[[], Any]:
    """What builds the object of a trial.

    Args:
        make: As declared, or the class.
        random: Gives the trial's random state to a parameter of that name.
        owner: The class.

    Raises:
        AuditError: GA004, it takes what it can't be given.
    """
    signature = signature_of(make)
    required = [
        parameter.name
        for parameter in getattr(signature, "parameters", {}).values()
        if parameter.default is parameter.empty and parameter.kind not in {2, 4}
    ]
    if make is owner and required and not (len(required) == 1 and required[0] in RANDOM_NAMES):
        message = f"{owner.__name__} can't be built without {', '.join(required)}"
        raise AuditError("GA004", message, help=f"write make=lambda rng: {owner.__name__}(...)")
    if len(required) > 1:
        message = f"make= takes {', '.join(required)}; it is given the trial's random state and nothing else"
        raise AuditError("GA004", message, help=f"write make=lambda rng: {owner.__name__}(...)")
    if required:
        name = required[0] if required[0] in RANDOM_NAMES else "rng"
        return lambda: make(random(name))
    return make
