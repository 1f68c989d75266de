"""A penalty's term that a gradient has otherwise than it should, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradaudit.runner.verdicts.number_words import number_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.numerics.results.cause import Cause
    from gradaudit.runner.verdicts.penalty_signs import PenaltySign


def penalty(name: str, cause: Cause, sign: PenaltySign | None) -> tuple[str, str]:
    """Message and remedy.

    What is missing may be twice a term that is there with the wrong sign: where that was not found out, both are said.

    Args:
        name: The gradient's.
        cause: What it lacks of the numeric one.
        sign: What was found out; None if nothing was.

    Example:
        >>> from gradaudit.numerics.results.cause import Cause
        >>> from gradaudit.runner.verdicts.penalty_signs import PenaltySign
        >>> missing = Cause("regularisation", "l2", (0.5,))
        >>> penalty("W", missing, PenaltySign(wrong=False))[0]
        'the gradient of W lacks the term 0.5·W'
        >>> penalty("W", missing, PenaltySign(wrong=True))[0]
        'the gradient of W has the term 0.25·W with the wrong sign'
        >>> penalty("W", missing, None)[0]
        'the gradient of W lacks the term 0.5·W, or has half of it with the wrong sign'
    """
    remedy = "compare the penalty in the forward with its derivative in the backward"
    missing = cause.numbers
    if sign is not None and sign.wrong:
        terms = _terms(name, cause, [abs(number) / 2 for number in missing])
        return f"the gradient of {name} has the term {terms} with the wrong sign", remedy
    or_sign = ", or has half of it with the wrong sign" if sign is None else ""
    if all(number > 0 for number in missing):
        message = f"the gradient of {name} lacks the term {_terms(name, cause, missing)}"
    elif all(number < 0 for number in missing):
        message = f"the gradient of {name} has {_terms(name, cause, [-number for number in missing])} too much"
    else:
        message = f"the gradient of {name} lacks {_terms(name, cause, missing)}"
    return message + or_sign, remedy


def _terms(name: str, cause: Cause, numbers: Sequence[float]) -> str:
    bases = {"l2": (name,), "l1": (f"sign({name})",), "both": (name, f"sign({name})")}[cause.how]
    terms = " + ".join(f"{number_words(number)}·{base}" for number, base in zip(numbers, bases, strict=True))
    return terms + (f" × {cause.expression}" if cause.expression else "")
