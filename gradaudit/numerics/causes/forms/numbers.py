"""Forms with free numbers over all trials: the same numbers in each, or the same expression in the named sizes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from gradaudit.numerics.causes.forms.linear import BASES, Fit, explains, fit
from gradaudit.numerics.causes.size_expressions import size_expressions
from gradaudit.numerics.causes.size_factors import size_factors
from gradaudit.numerics.results.cause import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradaudit.numerics.results.evidence import Evidence

# Factors that are mistakes by themselves: they are no free numbers.
PLAIN = (-1.0, 2.0, 0.5)
# How many more elements than free numbers have to agree.
SPARE = 2
# A size's expression is told from its neighbours by this, relatively; sizes are small whole numbers.
DISTINCT = 1e-6


class _Case(Protocol):
    @property
    def evidence(self) -> Evidence: ...
    @property
    def sizes(self) -> Mapping[str, int]: ...
    @property
    def unit(self) -> float: ...


@dataclass(frozen=True)
class Numbers:
    """What forms with free numbers have to say.

    Attributes:
        cause: The one that explains all trials.
        ambiguous: Whether several do, so that none is named.
        varying: One that explains each trial, with other numbers in each: something to be told, but no cause.
    """

    cause: Cause | None = None
    ambiguous: bool = False
    varying: Cause | None = None


def explained_by_numbers(cases: Sequence[_Case], passed: Sequence[Mapping[str, int]]) -> Numbers:
    """Try each form on all trials."""
    found: list[Cause] = []
    varying: Cause | None = None
    for form in BASES:
        if form == "both" and found:
            continue  # one term is enough
        fits = [fit(case.evidence, form) for case in cases]
        known = [each for each in fits if each is not None]
        if len(known) < len(fits) or not any(each.numbers for each in known):
            continue
        cause = _merged(form, cases, known, passed)
        if cause is not None and cause.how == "varying":
            varying = varying or cause
        elif cause is not None:
            found.append(cause)
    return _chosen(found, varying)


def _chosen(found: list[Cause], varying: Cause | None) -> Numbers:
    """A plain factor wins over a number that happens to do the same; two numbers that do are no explanation."""
    plain = [cause for cause in found if cause.kind == "sign" or (cause.kind == "scaled" and cause.numbers[0] in PLAIN)]
    if plain:
        return Numbers(plain[0])
    sound = [cause for cause in found if cause.support >= _needed(cause)]
    if len(found) > 1:
        return Numbers(ambiguous=True)
    return Numbers(sound[0] if sound else None, varying=varying)


def _needed(cause: Cause) -> int:
    return SPARE + max(1, len(cause.numbers))


def _merged(
    form: str, cases: Sequence[_Case], fits: Sequence[Fit], passed: Sequence[Mapping[str, int]]
) -> Cause | None:
    support = sum(each.support for each in fits)
    best = min((i for i, each in enumerate(fits) if each.numbers), key=lambda i: _imprecision(fits[i]))
    if form == "scaled":
        return _scaled(cases, fits, best, passed, support)
    if passed:
        return None  # the term would have been missing there as well
    return _term(form, cases, fits, best, support)


def _imprecision(found: Fit) -> float:
    return max(error / abs(number) for number, error in zip(found.numbers, found.errors, strict=True))


def _scaled(
    cases: Sequence[_Case], fits: Sequence[Fit], best: int, passed: Sequence[Mapping[str, int]], support: int
) -> Cause | None:
    """c·g: n - a = (1/c - 1) a."""
    if any(1.0 + each.numbers[0] == 0.0 for each in fits):
        return None
    factor = 1.0 / (1.0 + fits[best].numbers[0])
    if not passed:
        for plain in PLAIN:
            if _close(factor, plain) and all(_is_factor(case, plain, 0.0) for case in cases):
                return Cause("sign" if plain == -1.0 else "scaled", numbers=(plain,), support=support)
    whole = float(round(factor))
    if not passed:
        exact = whole if whole and _close(factor, whole) else factor
        error = 0.0 if exact == whole else fits[best].errors[0]
        if all(_is_factor(case, exact, error) for case in cases):
            return Cause("scaled", numbers=(exact,), expression=_only_size(exact, cases), support=support)
    first = 1.0 / (1.0 + fits[0].numbers[0])
    text = _expression(cases, passed, factor, best)
    if text:
        return Cause("scaled", numbers=(first,), expression=text, support=support)
    if _shown_twice(fits):
        return Cause("scaled", "varying", (first,), support=support)
    return None


def _shown_twice(fits: Sequence[Fit]) -> bool:
    """Whether two trials say by themselves that the form is right, whatever its number."""
    return sum(each.support > SPARE for each in fits) > 1


def _close(number: float, other: float) -> bool:
    return math.isfinite(other) and abs(number - other) <= DISTINCT * abs(other)


def _is_factor(case: _Case, factor: float, error: float) -> bool:
    return explains(case.evidence, "scaled", (1.0 / factor - 1.0,), (error,))


def _expression(cases: Sequence[_Case], passed: Sequence[Mapping[str, int]], factor: float, best: int) -> str:
    """The expression in the sizes that is the factor in each trial, and 1 where the gradient is right.

    Of several the one of the fewest sizes; none where two of as few are.
    """
    sign = math.copysign(1.0, factor)
    everywhere = [{each.text: each.value for each in size_factors(case.sizes)} for case in cases]
    right = [{each.text: each.value for each in size_factors(sizes)} for sizes in passed]
    fitting = [
        each
        for each in size_factors(cases[best].sizes)
        if _close(factor, sign * each.value)
        and all(each.text in values for values in everywhere)
        and all(sign * values.get(each.text, math.inf) == 1.0 for values in right)
        and all(_is_factor(case, sign * values[each.text], 0.0) for case, values in zip(cases, everywhere, strict=True))
    ]
    fewest = [each.text for each in fitting if each.names == min(other.names for other in fitting)]
    return ("-" if sign < 0 else "") + fewest[0] if len(fewest) == 1 else ""


def _only_size(factor: float, cases: Sequence[_Case]) -> str:
    """The size, or its inverse or root, that a constant factor is, if just one size has that value in all trials.

    Where sizes are fixed, many an expression would do; one that is as simple as the number itself is worth telling.
    """
    simple = [
        text
        for name in cases[0].sizes
        for text in (f"1/{name}", name, f"1/√{name}", f"√{name}")
        if all(_close(factor, dict(size_expressions(case.sizes)).get(text, math.inf)) for case in cases)
    ]
    return simple[0] if len(simple) == 1 else ""


_TERMS: dict[str, tuple[Literal["offset", "regularisation"], Literal["", "l2", "l1", "both"]]] = {
    "offset": ("offset", ""),
    "l2": ("regularisation", "l2"),
    "l1": ("regularisation", "l1"),
    "both": ("regularisation", "both"),
}


def _term(form: str, cases: Sequence[_Case], fits: Sequence[Fit], best: int, support: int) -> Cause | None:
    """A term c·1, λθ, μ sign θ, the same in each trial, or in proportion to the upstream gradient or to a size.

    n - a = λθ: what is missing is positive. An offset is counted the other way, as what is added to n.
    """
    kind, how = _TERMS[form]
    sign = -1.0 if kind == "offset" else 1.0
    for text, ratios in _ratios(cases):
        scaled = [ratio / ratios[best] for ratio in ratios]
        if all(
            explains(case.evidence, form, *_times(fits[best], ratio)) for case, ratio in zip(cases, scaled, strict=True)
        ):
            numbers = tuple(sign * number / ratios[best] for number in fits[best].numbers)
            return Cause(kind, how, numbers, text, support=support)
    if kind == "offset" and _shown_twice(fits):
        return Cause("offset", "varying", (-fits[0].numbers[0],), support=support)
    return None


def _times(found: Fit, ratio: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return tuple(ratio * n for n in found.numbers), tuple(abs(ratio) * e for e in found.errors)


def _ratios(cases: Sequence[_Case]) -> Iterator[tuple[str, list[float]]]:
    """What a term may be in proportion to: nothing, the upstream gradient, a size or its inverse, or both."""
    units = [[1.0] * len(cases)]
    if any(case.unit != 1.0 for case in cases):
        units.append([case.unit for case in cases])
    for unit in units:
        yield "", unit
    if len(cases) < 2:
        return
    everywhere = [dict(size_expressions(case.sizes)) for case in cases]
    for unit in units:
        for text in everywhere[0]:
            values = [each.get(text, math.inf) for each in everywhere]
            if all(math.isfinite(value) and value for value in values):
                yield text, [value * u for value, u in zip(values, unit, strict=True)]
