"""What a mistake depends on, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradaudit.numerics.causes.size_conditions import Alone, Related

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.runner.verdicts.missing_accumulation import MissingAccumulation
    from gradaudit.runner.verdicts.size_dependence import SizeDependent


def missing_accumulation(name: str, found: MissingAccumulation) -> tuple[str, str]:
    """Message and remedy for a gradient that repeated indices lose."""
    indices = " and ".join(found.inputs)
    message = (
        f"the gradient of {name} is right where all entries of {indices} are distinct, and wrong where some repeat"
    )
    return message, accumulation_remedy(name, found.inputs)


def accumulation_remedy(name: str, inputs: Sequence[str]) -> str:
    """What to write where repeated indices lose gradients."""
    place = f"d{name}" if name.isidentifier() else "gradient"
    return (
        f"add up what the same index receives: np.add.at({place}, {', '.join(inputs)}, ...) "
        "rather than assigning, or += with an index array, which keep one of them"
    )


def size_dependence(name: str, found: SizeDependent) -> tuple[str, str]:
    """Message and remedy for a gradient that is right at some sizes."""
    match found.condition:
        case Alone() as alone:
            return f"the gradient of {name} {_alone(alone)}", _alone_remedy(alone)
        case Related() as related:
            return f"the gradient of {name} {_related(related, found)}", _related_remedy(related)


def _alone(condition: Alone) -> str:
    right, wrong = (", ".join(map(str, sorted(values))) for values in (condition.right, condition.wrong))
    return f"is right with {condition.name} = {right} and wrong with {condition.name} = {wrong}"


def _alone_remedy(condition: Alone) -> str:
    if 1 not in condition.right | condition.wrong:
        return ""
    changes = f"squeeze(), a sum without keepdims=True, broadcasting along {condition.name}"
    return f"look for what a size of 1 changes: {changes}"


def _related(condition: Related, found: SizeDependent) -> str:
    one, other = condition.one, condition.other
    wrong = next(o.sizes for o in found.observations if o.wrong)
    right = next(o.sizes for o in found.observations if not o.wrong)
    signs = ("=", "≠") if condition.relation == "=" else ("<", "≥")
    bad, good = signs if condition.wrong else signs[::-1]
    return (
        f"is wrong where {one} {bad} {other} ({wrong[one]} and {wrong[other]}), "
        f"right where {one} {good} {other} ({right[one]} and {right[other]})"
    )


def _related_remedy(condition: Related) -> str:
    if condition.relation == "=":
        return "look for a transpose, a reshape or an axis that goes unnoticed where two sizes are equal"
    return "look for what overlaps or is left over there: windows that share elements, remainders, broadcasting"
