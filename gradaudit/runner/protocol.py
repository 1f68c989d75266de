"""What the parent and the host say to each other: one line of JSON each way for each message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from gradaudit.records.case import Case  # noqa: TC001 - transport reads the types of fields when run
from gradaudit.records.outcome import Outcome  # noqa: TC001 - transport reads the types of fields when run


class Job(NamedTuple):
    """What the parent hands to the host, once.

    Attributes:
        project: The root that paths are relative to, absolute.
        pythonpath: Folders to put in front of ``sys.path``, absolute.
        jobs: How many worker processes.
        timeout: Seconds for an audit that sets none.
        cases: What to run.
        self_test: Whether audits that pass have to prove that they can fail.
        stays_open: Whether further cases follow, one a line, until the parent ends it all.
    """

    project: str
    pythonpath: tuple[str, ...]
    jobs: int
    timeout: float
    cases: tuple[Case, ...]
    self_test: bool = False
    stays_open: bool = False


class Result(NamedTuple):
    """What a worker says of one case.

    Attributes:
        outcome: What became of it; None when the audit turned out not to be meant.
        declared: How many audits the case's target declared when run.
    """

    outcome: Outcome | None
    declared: int = 1


@dataclass(frozen=True)
class Message:
    """What the host says.

    Attributes:
        case: Number of the case it is about; -1 when all is over.
        index: Which of the audits that its target declares.
        outcome: What became of it; None when the audit turned out not to be meant.
        more: How many further audits the target turned out to declare.
        failure: How gradaudit itself failed on the case; with -1, why the interpreter can't run anything.
    """

    case: int
    index: int = 0
    outcome: Outcome | None = None
    more: int = 0
    failure: str = ""


def timeout_of(case: Case, default: float) -> float:
    """Seconds that a case may take: the command line wins over the audit, the audit over the configuration."""
    return case.forced.timeout or case.target.timeout or case.defaults.timeout or default
