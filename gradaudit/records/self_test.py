"""Whether an audit can fail: what its check made of gradients that were distorted on purpose."""

from __future__ import annotations

from typing import NamedTuple

from gradaudit.records.verdict import Verdict  # noqa: TC001 - transport reads the types of fields when run


class SmallDistortion(NamedTuple):
    """A distortion of a right gradient that is too small for the audit to see.

    Attributes:
        kind: flipped, scaled, zeroed, swapped or transposed.
        gradient: The dotted name of the gradient that was distorted.
        description: What was done to it, in words.
    """

    kind: str
    gradient: str
    description: str


class MissedDistortion(NamedTuple):
    """A distortion that the audit should have seen.

    Attributes:
        kind: As that of a small one.
        gradient: Likewise.
        description: Likewise.
        verdict: What became of the distorted gradient instead: passed, inconclusive or error.
    """

    kind: str
    gradient: str
    description: str
    verdict: Verdict


class SelfTest(NamedTuple):
    """Whether an audit that passed can fail: its gradients, distorted on purpose, under the same check.

    Attributes:
        caught: How many distortions it failed on.
        missed: Those that it did not fail on.
        below_threshold: Those that change less than the audit promises to see; not tried.
        not_applicable: Kinds of distortion that change nothing of any of its gradients.
        gradients_left_out: How many gradients were not distorted, since there are many.
    """

    caught: int = 0
    missed: tuple[MissedDistortion, ...] = ()
    below_threshold: tuple[SmallDistortion, ...] = ()
    not_applicable: tuple[str, ...] = ()
    gradients_left_out: int = 0

    @property
    def tried(self) -> int:
        """How many distortions were tried."""
        return self.caught + len(self.missed)
