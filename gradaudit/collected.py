"""The outcomes of a run as they come in, and why it ended early if it did."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradaudit.judging import Judge
    from gradaudit.records.case import Case, Target
    from gradaudit.records.outcome import Outcome
    from gradaudit.runner.protocol import Message


class Collected:
    """The outcomes so far.

    Attributes:
        planned: How many audits are known to be meant.
        partial: Targets that declare audits which are not meant.
        deselected: How many such audits there are.
        failures: How many audits failed, with what counts.
        stopped: Why the run ended early; empty if it did not.
        signal: The signal that ended it; 0 for none.
        failure: How gradaudit itself failed.
        outcomes: By number of the case, and of the audit in it.
    """

    def __init__(self, cases: Sequence[Case], judge: Judge) -> None:
        """Nothing has come in yet."""
        self._cases, self._judge = cases, judge
        self.planned = len(cases)
        self.partial: set[Target] = set()
        self.deselected = 0
        self.failures = 0
        self.stopped = ""
        self.signal = 0
        self.failure = ""
        self.outcomes: dict[tuple[int, int], Outcome] = {}

    def add(self, message: Message) -> None:
        """Take what the host says of one audit, and judge it."""
        self.planned += message.more
        if message.failure:
            self.fail(message.failure)
        elif message.outcome is None:
            self.deselected += 1
            self.partial.add(self._cases[message.case].target)
        else:
            from dataclasses import replace  # not imported before there are outcomes

            case = self._cases[message.case]
            judged = replace(self._judge.of_audit(message.outcome, case), region=case.target.region)
            self.outcomes[message.case, message.index] = judged
            self.failures += judged.verdict in {"failed", "error"} or has_missed(judged)

    def fail(self, failure: str) -> None:
        """Take that gradaudit itself failed."""
        self.failure, self.stopped = failure, "gradaudit itself failed"

    def in_order(self) -> list[Outcome]:
        """All of them, in the order of files and lines."""
        return [self.outcomes[place] for place in sorted(self.outcomes)]

    def by_target(self, originals: Mapping[Target, Target]) -> dict[Target, list[Outcome]]:
        """Those of each target, as discovery saw it."""
        found: dict[Target, list[Outcome]] = {}
        for case, index in sorted(self.outcomes):
            target = self._cases[case].target
            found.setdefault(originals.get(target, target), []).append(self.outcomes[case, index])
        return found


def has_missed(outcome: Outcome) -> bool:
    """Whether a self-test found that the audit can't fail where it should."""
    return outcome.self_test is not None and bool(outcome.self_test.missed)
