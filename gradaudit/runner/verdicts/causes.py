"""What is wrong with a gradient over all trials, in words: its cause where there is one, else how far it is off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradaudit.records.finding import Finding
from gradaudit.runner.verdicts.missing_accumulation import MissingAccumulation
from gradaudit.runner.verdicts.number_words import number_words, ratio_words
from gradaudit.runner.verdicts.penalty_signs import PenaltySign
from gradaudit.runner.verdicts.penalty_words import penalty
from gradaudit.runner.verdicts.size_dependence import SizeDependent, ValueDependent
from gradaudit.runner.verdicts.variant_words import accumulation_remedy, missing_accumulation, size_dependence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradaudit.numerics.results.cause import Cause
    from gradaudit.runner.verdicts.diagnosed import Diagnosed
    from gradaudit.runner.verdicts.variants import Dependence

# Indices that a message lists before it says how many more there are.
LISTED = 4


def wrong_findings(
    wrong: Sequence[Diagnosed], dependences: Mapping[str, Dependence], threshold: float
) -> list[Finding]:
    """One finding for each gradient that is wrong in some trial.

    Args:
        wrong: Those gradients.
        dependences: What it depends on whether they are, where that is known.
        threshold: The difference above which a gradient is wrong.
    """
    return [_finding(each, dependences.get(each.name), threshold) for each in wrong]


def _finding(gradient: Diagnosed, dependence: Dependence | None, threshold: float) -> Finding:
    name, cause, worst = gradient.name, gradient.cause, gradient.wrong[0]
    match dependence:
        case MissingAccumulation():
            return Finding("GA214", *missing_accumulation(name, dependence), gradient=name)
        case SizeDependent():
            message, remedy = size_dependence(name, dependence)
            return Finding("GA213", message + _where_wrong(gradient), remedy, gradient=name)
    if cause is not None and cause.kind == "regularisation":
        message, remedy = penalty(name, cause, dependence if isinstance(dependence, PenaltySign) else None)
        return Finding("GA204", message, remedy, gradient=name)
    if cause is None or cause.kind not in _WORDS or cause.how == "varying":
        size = f"{worst.block.difference:.2e} (threshold {threshold:g})"
        message = f"the gradient of {name} differs from the numeric one by {size}"
        return Finding("GA201", message + _known(cause) + _sometimes(gradient, dependence), "", gradient=name)
    code, words = _WORDS["accumulated" if cause.how == "repeated" else cause.kind]
    message, remedy = words(name, cause, worst.sizes)
    sometimes = _sometimes(gradient, dependence) if gradient.is_mixed else ""
    return Finding(code, message + sometimes, remedy, gradient=name, factor=cause.factor)


# Forms of a whole gradient, which are worth telling of the trials in which it is wrong.
_WHOLE = frozenset({"zero", "sign", "scaled", "rearranged"})


def _where_wrong(gradient: Diagnosed) -> str:
    """The form that the gradient has in all trials in which it is wrong."""
    cause = gradient.cause_where_wrong()
    if cause is None or cause.kind not in _WHOLE or cause.how == "varying":
        return ""
    message, _ = _WORDS[cause.kind][1](gradient.name, cause, gradient.wrong[0].sizes)
    return f", where it {message.removeprefix(f'the gradient of {gradient.name} ')}"


def _sometimes(gradient: Diagnosed, dependence: Dependence | None) -> str:
    """That it is right in some trials, of which no more is known."""
    if not gradient.right:
        return ""
    drawn = (
        ", and at the same sizes it is right for some values and wrong for others"
        if isinstance(dependence, ValueDependent)
        else ""
    )
    return f"; it is right in {len(gradient.right)} of {gradient.compared} trials{drawn}"


def _known(cause: Cause | None) -> str:
    """What is known of a gradient whose form has no rule of its own."""
    known = ""
    if cause is not None:
        match cause.kind, cause.how:
            case "scaled", "varying":
                known = "a multiple of that one, by a factor that differs from trial to trial"
            case "offset", "varying":
                known = "that one plus a constant that differs from trial to trial"
            case "offset", _:
                times = f" × {cause.expression}" if cause.expression else ""
                known = f"that one plus {number_words(cause.numbers[0])}{times} in every element"
            case "summed", how:
                known = f"the {how} of that one over {_axes(cause.axes)}"
            case "slices", _:
                known = f"that one with a factor of its own for each slice along {_axes(cause.axes)}"
    return f": it is {known}" if known else ""


def _zero(name: str, _cause: Cause, _sizes: Mapping[str, int]) -> tuple[str, str]:
    return f"the gradient of {name} is zero, the numeric one is not", ""


def _sign(name: str, _cause: Cause, _sizes: Mapping[str, int]) -> tuple[str, str]:
    return f"the gradient of {name} is minus the numeric one", "look for a difference taken the wrong way round"


def _scaled(name: str, cause: Cause, sizes: Mapping[str, int]) -> tuple[str, str]:
    number = ratio_words(cause.numbers[0])
    if not cause.expression:
        remedy = "look for a factor that is counted twice or left out"
        return f"the gradient of {name} is {number} × the numeric one", remedy
    remedy = "look for a mean in place of a sum, or the other way round"
    # Names of sizes may be made of letters only; what is not part of one stands between them.
    used = [size for size in sizes if size in re.findall(r"[^\W\d]\w*", cause.expression)]
    where = " and ".join(f"{size} = {sizes[size]}" for size in used)
    return f"the gradient of {name} is {cause.expression} × the numeric one, with {where}", remedy


def _rearranged(name: str, cause: Cause, _sizes: Mapping[str, int]) -> tuple[str, str]:
    remedy = "look for a transpose, an order of axes or a reshape that the forward does not have"
    match cause.how:
        case "axes" if len(cause.axes) == 2:
            return f"the gradient of {name} is the transpose of the numeric one", remedy
        case "axes":
            return f"the gradient of {name} is the numeric one with its axes in the order {cause.axes}", remedy
        case "flip":
            return f"the gradient of {name} is the numeric one reversed along {_axes(cause.axes)}", remedy
        case "roll":
            return (
                f"the gradient of {name} is the numeric one shifted by {cause.shift} along {_axes(cause.axes)}",
                remedy,
            )
        case "chunks":
            places = ", ".join(map(str, cause.order))
            chunks = f"the {len(cause.order)} chunks of the numeric one along {_axes(cause.axes)}"
            return f"the gradient of {name} has {chunks} in the order {places}", remedy
    return f"the gradient of {name} has the entries of the numeric one at other places", remedy


def _partial(name: str, cause: Cause, _sizes: Mapping[str, int]) -> tuple[str, str]:
    by = f", by a factor of {ratio_words(cause.numbers[0])}" if cause.numbers else ""
    condition = _condition(name, cause)
    if condition:
        return f"the gradient of {name} is wrong only {condition}{by}", ""
    by = ", where it is zero" if cause.numbers == (0.0,) else by
    match cause.how:
        case "some" if not cause.indices:
            return f"the gradient of {name} is wrong in few elements only: all that were compared are right", ""
        case "some":
            return f"the gradient of {name} is wrong in some elements only, such as {_index(cause.indices[0])}", ""
        case "element":
            return f"the gradient of {name} is wrong at {_index(cause.indices[0])} only, the rest is right", ""
        case "slice":
            return f"the gradient of {name} is wrong {_slice(cause.axes, cause.indices[0])}{by}, the rest is right", ""
    listed = ", ".join(_index(index) for index in cause.indices[:LISTED])
    more = f" and {len(cause.indices) - LISTED} more" if len(cause.indices) > LISTED else ""
    return f"the gradient of {name} is wrong at {listed}{more}{by}; the rest is right", ""


def _accumulated(name: str, cause: Cause, sizes: Mapping[str, int]) -> tuple[str, str]:
    return _partial(name, cause, sizes)[0], accumulation_remedy(name, (cause.other,))


_CONDITIONS = {
    "negative": "where {other} is negative",
    "positive": "where {other} is positive",
    "zero": "where {other} is zero",
    "nonzero": "where {other} is not zero",
    "picked": "at the entries that {other} picks along {axes}",
    "repeated": "in the rows that {other} names more than once",
    "unclaimed": "where it is zero",
    "level": "where it is of one and the same magnitude",
    "clipped": "where the numeric one is clipped",
}


def _condition(name: str, cause: Cause) -> str:
    """What the wrong elements have in common; empty where they have nothing but their indices."""
    return _CONDITIONS.get(cause.how, "").format(other=cause.other or name, axes=_axes(cause.axes))


def _slice(axes: tuple[int, ...], indices: tuple[int, ...]) -> str:
    """Where a slice is that has one index along each of some axes.

    >>> _slice((1,), (5,)), _slice((2,), (0,)), _slice((0, 2), (3, 1))
    ('in column 5', 'in slice 0 of axis 2', 'where axis 0 is 3 and axis 2 is 1')
    """
    if len(axes) > 1:
        return "where " + " and ".join(f"axis {axis} is {index}" for axis, index in zip(axes, indices, strict=True))
    (axis,), (index,) = axes, indices
    return f"in {('row', 'column')[axis]} {index}" if axis < 2 else f"in slice {index} of axis {axis}"


def _swapped(name: str, cause: Cause, _sizes: Mapping[str, int]) -> tuple[str, str]:
    also = f", and the other way round: {name} and {cause.other} are exchanged" if cause.mutual else ""
    return f"what is returned for {name} is the gradient of {cause.other}{also}", "compare the order of the gradients"


_WORDS: dict[str, tuple[str, Callable[[str, Cause, Mapping[str, int]], tuple[str, str]]]] = {
    "zero": ("GA206", _zero),
    "sign": ("GA202", _sign),
    "scaled": ("GA203", _scaled),
    "rearranged": ("GA205", _rearranged),
    "partial": ("GA208", _partial),
    "accumulated": ("GA214", _accumulated),
    "swapped": ("GA212", _swapped),
}


def _index(index: tuple[int, ...]) -> str:
    return str(list(index))


def _axes(axes: tuple[int, ...]) -> str:
    return ("axis " if len(axes) == 1 else "axes ") + " and ".join(map(str, axes))
