"""Whether the cause that an audit names is the mistake that was made."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from detection_suite.truth import right_at_a_size_of_one

if TYPE_CHECKING:
    from detection_suite.pair import Mutant, Pair
    from gradaudit.records.outcome import Outcome

WHOLE_GRADIENT = 256
"""Up to so many elements the numeric gradient is known in each, beyond along a few directions."""
FORMLESS, BY_SIZE = "GA201", "GA213"

Result: TypeAlias = Literal["named", "formless", "unnamed", "misnamed", "blamed"]


@dataclass(frozen=True)
class Naming:
    """What an audit says of one wrong gradient.

    Attributes:
        whole: Whether the gradient has few enough elements to be known in each.
        result: named: by its form; formless: rightly by none; unnamed: by none, though it has one; misnamed: by
            another; blamed: it was right.
        what: The pair, mutant, seed and gradient, and what was said.
    """

    whole: bool
    result: Result
    what: str


def namings(pair: Pair, mutant: Mutant, seed: int, outcome: Outcome) -> list[Naming]:
    """One for each gradient that is said to be wrong; none for mutants that are wrong in other ways than values."""
    if mutant.kind not in {"value", "small"}:
        return []
    shapes = {gradient.name: gradient.shape for gradient in outcome.gradients}
    said: dict[str, list[str]] = {}
    for finding in outcome.findings:
        if finding.gradient in shapes and not finding.code.startswith("GA4"):
            said.setdefault(finding.gradient, []).append(f"{finding.code} {finding.message}")
    found = []
    for name, words in said.items():
        expected = mutant.codes.get(name, ())
        what = f"{pair.name} | {mutant} | seed {seed} | {name}: {words}, expected {' or '.join(expected) or 'nothing'}"
        whole = math.prod(shapes[name]) <= WHOLE_GRADIENT
        codes = {text[:5] for text in words}
        if BY_SIZE in codes and FORMLESS in expected and right_at_a_size_of_one(pair, mutant, name, seed):
            expected = (*expected, BY_SIZE)
        found.append(Naming(whole, _result(codes, expected), what))
    return found


def _result(codes: set[str], expected: tuple[str, ...]) -> Result:
    """Trials in which a gradient has the wrong shape leave a code of their own beside that of the others."""
    if not expected:
        return "blamed"
    if codes & set(expected) - {FORMLESS}:
        return "named"
    if codes == {FORMLESS}:
        return "formless" if FORMLESS in expected else "unnamed"
    return "misnamed"
