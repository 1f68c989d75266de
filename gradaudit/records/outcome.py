"""What became of one audit."""

from __future__ import annotations

from dataclasses import dataclass

from gradaudit.records.case import Mode  # noqa: TC001 - transport reads the types of fields when run
from gradaudit.records.finding import Finding, Region  # noqa: TC001 - transport reads the types of fields when run
from gradaudit.records.self_test import SelfTest  # noqa: TC001 - transport reads the types of fields when run
from gradaudit.records.verdict import Grade, Verdict  # noqa: TC001 - transport reads the types of fields when run


@dataclass(frozen=True)
class WorstElement:
    """The element of a gradient that differs most: its index, and both values (NaN and infinity allowed)."""

    index: tuple[int, ...]
    analytic: float
    numeric: float


@dataclass(frozen=True)
class GradientOutcome:
    """The verdict on one gradient, the worst over the trials.

    Attributes:
        name: Dotted path of the input's leaf, such as ``parameters.W1``.
        shape: Shape of that input in the trial that decided.
        outcome: passed, failed or inconclusive.
        difference: The literature's ratio; None where nothing could be compared (a missing gradient).
        error_bound: What the numerical error may contribute to `difference`.
        grade: The literature's grade of `difference`.
        worst: The element that differs most, where elements were compared.
        trial: The trial that decided, counted from 1; 0 where that is not known.
    """

    name: str
    shape: tuple[int, ...]
    outcome: Verdict
    difference: float | None = None
    error_bound: float | None = None
    grade: Grade | None = None
    worst: WorstElement | None = None
    trial: int = 0


@dataclass(frozen=True)
class Evaluations:
    """How many times the audited code was called, over all trials, those included that look into a mistake."""

    forward: int = 0
    backward: int = 0


@dataclass(frozen=True)
class Outcome:
    """What became of one audit.

    Attributes:
        id: ``path::qualname[name]``.
        file: Path relative to the root.
        line: The line of the ``def``, ``class`` or call.
        verdict: passed, failed, inconclusive, error, skipped, xfailed or listed (``outcome`` in the JSON report).
        seed: The seed its inputs were drawn with.
        trials: How many trials ran, besides those that look into what a mistake depends on.
        mode: ``elementwise`` or ``directional``; None when nothing was checked.
        dtype: The declared dtype.
        framework: The adapter used.
        duration_s: Seconds, import of the module excluded.
        difference: The largest difference over gradients and trials.
        grade: Its grade.
        threshold: What the difference was held against.
        detects: The smallest single-element error that would have been seen, relative to its gradient's norm.
        evaluations: Calls of forward and backward.
        gradients: One entry a gradient.
        findings: What is wrong.
        notes: What a reader should know about a verdict: compared along tangents only, base point moved, ...
        reason: The text of ``skip=`` or ``xfail=``.
        output: What the audited code printed, cut to its limit; kept only with failures.
        reproduce: The command that runs this audit alone.
        self_test: What its check made of distorted gradients; None where that was not asked for, or it did not pass.
        cell: Of a notebook, the cell that `line` is a line of.
        region: What to mark from `line` on, where the source shows it.
    """

    id: str
    file: str
    line: int
    verdict: Verdict
    seed: int = 0
    trials: int = 0
    mode: Mode | None = None
    dtype: str = "float64"
    framework: str = "numpy"
    duration_s: float = 0.0
    difference: float | None = None
    grade: Grade | None = None
    threshold: float = 1e-5
    detects: float | None = None
    evaluations: Evaluations = Evaluations()
    gradients: tuple[GradientOutcome, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""
    output: str = ""
    reproduce: str = ""
    self_test: SelfTest | None = None
    cell: int | None = None
    region: Region | None = None

    @property
    def is_ignored(self) -> bool:
        """Whether it would have failed, had somebody not said to ignore what is wrong with a gradient."""
        return self.verdict == "passed" and any(gradient.outcome == "failed" for gradient in self.gradients)
