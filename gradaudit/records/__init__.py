"""What the stages hand on to each other, in the order of the flow: Target, Case, Outcome, Finding, Report.

Every record is a frozen dataclass of plain values (strings, numbers, tuples, other records), so that it can cross the
border to a worker process, which may be another interpreter, as JSON: see `gradaudit.transport`. What never crosses it
may be a named tuple.
"""

from __future__ import annotations

from gradaudit.records.case import Case, Mode, Options, Selection, Target, audit_id
from gradaudit.records.finding import Finding, Ignorer, Region, Severity
from gradaudit.records.outcome import Evaluations, GradientOutcome, Outcome, WorstElement
from gradaudit.records.report import BaselineUse, Changes, Coverage, Known, Report
from gradaudit.records.self_test import MissedDistortion, SelfTest, SmallDistortion
from gradaudit.records.verdict import VERDICTS, Grade, Verdict

__all__ = [
    "VERDICTS",
    "BaselineUse",
    "Case",
    "Changes",
    "Coverage",
    "Evaluations",
    "Finding",
    "Grade",
    "GradientOutcome",
    "Ignorer",
    "Known",
    "MissedDistortion",
    "Mode",
    "Options",
    "Outcome",
    "Region",
    "Report",
    "Selection",
    "SelfTest",
    "Severity",
    "SmallDistortion",
    "Target",
    "Verdict",
    "WorstElement",
    "audit_id",
]
