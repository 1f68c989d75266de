"""What a run can tell: a comment or a baseline that speaks of more than this is not called out of date."""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gradaudit.records.case import Target
    from gradaudit.records.outcome import Outcome

_DECIDED = frozenset({"passed", "failed", "xfailed"})


class Decided(NamedTuple):
    """What was looked at, and what was looked for.

    Attributes:
        targets: All uses of the decorator in the files that were read, those included that were not meant to run.
        outcomes: What became of the audits of each that ran.
        partial: Those of which some audits were not meant to run.
        is_usual: Whether the run came to its end, with the options of a check that the repository has.
        codes: The static rules that were looked for.
        is_whole: Whether a file, relative to the root, was read whole and all that was found in it is reported.
    """

    targets: Sequence[Target]
    outcomes: Mapping[Target, Sequence[Outcome]]
    partial: Collection[Target] = ()
    is_usual: bool = True
    codes: Collection[str] = ()
    is_whole: Callable[[str], bool] = lambda _: False

    def is_decided(self, target: Target) -> bool:
        """Whether all audits that a target declares were checked, and none was left open."""
        outcomes = self.outcomes.get(target, ())
        is_all = self.is_usual and target not in self.partial
        return is_all and bool(outcomes) and all(outcome.verdict in _DECIDED for outcome in outcomes)
