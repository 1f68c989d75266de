"""All that is known at the end of a run."""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradaudit.records.finding import Finding
    from gradaudit.records.outcome import Outcome
    from gradaudit.records.verdict import Verdict


class Report(NamedTuple):
    """All that is known at the end of a run; what every reporter renders.

    Attributes:
        version: gradaudit's version.
        seed: The run's seed.
        audits: In the order of files and lines.
        findings: Those that belong to no audit (a file that can't be parsed).
        duration_s: Seconds for the whole run.
        files: How many files were searched.
        incomplete: Why the run ended early (``"interrupted"``, ``"stopped after 1 failure"``); empty when it did not.
        not_run: How many audits were planned and did not run because of that.
        self_tested: Whether audits that passed were to prove that they can fail.
        coverage: How many of the hand-written backward passes are audited; None where it was not measured.
        changes: How many audits changes touch; None where all were meant to run.
        baseline: What the baseline was good for; None without one.
        deselected: How many audits the ``-k`` expression left out.
    """

    version: str
    seed: int = 0
    audits: tuple[Outcome, ...] = ()
    findings: tuple[Finding, ...] = ()
    duration_s: float = 0.0
    files: int = 0
    incomplete: str = ""
    not_run: int = 0
    self_tested: bool = False
    coverage: Coverage | None = None
    changes: Changes | None = None
    baseline: BaselineUse | None = None
    deselected: int = 0

    def count(self, verdict: Verdict) -> int:
        """How many audits ended with `verdict`."""
        return sum(outcome.verdict == verdict for outcome in self.audits)


class Coverage(NamedTuple):
    """How many of the hand-written backward passes that the source shows are audited."""

    audited: int
    unaudited: int

    @property
    def percent(self) -> float:
        """Of all of them, in hundredths; 100 where there are none."""
        total = self.audited + self.unaudited
        return 100.0 * self.audited / total if total else 100.0


class Known(NamedTuple):
    """A finding as a baseline has it, without line numbers, so that it outlives edits elsewhere in the file.

    Attributes:
        path: Relative to the root, with forward slashes.
        name: What stands behind the path in the audit's id; outside audits the qualified name, which may be empty.
        code: The rule's.
        gradient: The dotted name of the gradient that it is about; empty for none.
    """

    path: str
    name: str
    code: str
    gradient: str = ""


class BaselineUse(NamedTuple):
    """What a baseline was good for.

    Attributes:
        known: How many findings of the run are in it.
        stale: Its entries that match nothing any more, as far as the run can tell.
        written: How many entries it has, where it was to be written; None where it was not.
    """

    known: int
    stale: tuple[Known, ...] = ()
    written: int | None = None


class Changes(NamedTuple):
    """What changes since a revision left of the audits.

    Attributes:
        since: The revision, as it was given.
        touched: How many audits the changes touch.
        audits: How many there are.
    """

    since: str
    touched: int
    audits: int
