"""Gradients whose shapes fit each other's inputs: what came back is in another order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.records.finding import Finding

Shape: TypeAlias = tuple[int, ...]


def told_of_order(
    findings: Sequence[Finding | None], gradients: Sequence[Any], inputs: Sequence[Shape]
) -> list[Finding | None]:
    """What is wrong with each gradient, where their shapes are an exchange of the inputs' with that for a reason.

    Args:
        findings: For each gradient why it can't be compared, if it can't.
        gradients: What came back for each input; None where nothing did.
        inputs: The inputs' shapes.
    """
    wrong = [number for number, finding in enumerate(findings) if finding is not None and finding.code == "GA207"]
    if not _are_exchanged([gradients[number].shape for number in wrong], [inputs[number] for number in wrong]):
        return list(findings)
    names = [finding.gradient or "" for finding in findings if finding is not None and finding.code == "GA207"]
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    shapes = "shape" if len(names) == 2 else "shapes"
    remedy = f"the gradients of {listed} fit each other's {shapes}: they are in another order than {', '.join(names)}"
    return [
        finding._replace(help=remedy) if finding is not None and number in wrong else finding
        for number, finding in enumerate(findings)
    ]


def _are_exchanged(gradients: Sequence[Shape], inputs: Sequence[Shape]) -> bool:
    """Whether they are the same shapes in another order, and not each one transposed.

    >>> _are_exchanged([(), (3,)], [(3,), ()]), _are_exchanged([(2, 3)], [(3, 2)]), _are_exchanged([], [])
    (True, False, False)
    >>> _are_exchanged([(2, 3), (3, 2)], [(3, 2), (2, 3)])
    False
    """
    transposed = all(each == own[::-1] for each, own in zip(gradients, inputs, strict=True))
    return len(inputs) > 1 and Counter(gradients) == Counter(inputs) and not transposed
