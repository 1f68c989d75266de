"""What the stages hand on to each other, in the order of the flow: Target, Case, Outcome, Finding, Report.

Every record is a frozen dataclass of plain values (strings, numbers, tuples, other records), so that it can cross the
border to a worker process, which may be another interpreter, as JSON: see `gradaudit.transport`. What never crosses it
may be a named tuple, which takes a tenth of a dataclass's time of every start.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

Verdict: TypeAlias = Literal["passed", "failed", "inconclusive", "error", "skipped", "xfailed", "listed"]
Grade: TypeAlias = Literal["great", "okay", "concerning", "wrong"]
Mode: TypeAlias = Literal["auto", "elementwise", "directional"]
Severity: TypeAlias = Literal["error", "warning"]
Ignorer: TypeAlias = Literal["", "default", "unselected", "selection", "comment", "baseline"]

VERDICTS: tuple[Verdict, ...] = ("passed", "failed", "inconclusive", "error", "skipped", "xfailed")
"""The outcomes of a run, in the order in which a summary counts them."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, at one place.

    Attributes:
        code: The rule's stable code, such as ``"GA201"``.
        message: What is wrong, in one sentence; may be followed by lines with details.
        help: What to do about it; empty when there is nothing to add.
        gradient: The dotted name of the gradient it is about, when it is about one.
        file: The file it is about, relative to the root with forward slashes; for findings outside an audit.
        line: One-based line in `file`.
        details: Text to show as it is below the message, such as a traceback of the audited code.
        factor: Of a scaled gradient: analytic = factor × numeric.
        cell: Of a notebook, the cell that `line` is a line of, counted from 1 over all cells.
        column: One-based first column in `line`, in characters, where the finding is about a part of the source.
        end_line: The last line of that part.
        end_column: The column behind its last character.
        qualname: Outside an audit, the dotted name of the function or class that it is about; empty for none.
        ignored: Why it fails nothing: its rule is not selected by default and nothing says more, others are selected,
            it is ignored by name, a comment ignores it, or it is in the baseline; empty where it counts, and before it
            is judged.
        in_source: What the source alone shows of the same mistake, where a run has proved it; the first of them is at
            `file` and `line`.
    """

    code: str
    message: str
    help: str = ""
    gradient: str | None = None
    file: str | None = None
    line: int | None = None
    details: str = ""
    factor: float | None = None
    cell: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    qualname: str = ""
    ignored: Ignorer = ""
    in_source: tuple[Finding, ...] = ()

    @property
    def region(self) -> Region | None:
        """The part of the source that it is about; None where it is about none, or only about a line."""
        if self.column is None or self.end_line is None or self.end_column is None:
            return None
        return Region(self.column, self.end_line, self.end_column)


@dataclass(frozen=True)
class Region:
    """The part of a source that a finding is shown at, on from a line that is known.

    Attributes:
        column: One-based first column, in characters.
        end_line: The last line.
        end_column: The column behind its last character.
    """

    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Selection:
    """Which rules count at one place: codes, or their beginnings.

    Attributes:
        select: Those that count, instead of those that count by default.
        extend_select: Those that count besides.
        ignore: Those that do not.
        in_file: Those that do not in the file, whatever is selected.
        in_comments: Those that comments at the place say to ignore.
    """

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    in_file: tuple[str, ...] = ()
    in_comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """A use of ``audited_backward`` that discovery saw in the source.

    Attributes:
        file: Path relative to the root, with forward slashes.
        line: One-based first line of the ``audited_backward(...)`` call (of the name, for a bare decorator).
        end_line: Its last line.
        definition_line: The line a person would look for: that of the ``def`` or ``class``, else of the call.
        qualname: ``Class.method``, the name that the audit is assigned to, or the name of the audited object.
        name: The text of ``name=`` where the source shows it.
        repeats: Whether it may declare several audits when run (a call inside a loop or a comprehension).
        names_vary: Whether ``name=`` is given but only known when run.
        ordinal: 1 for the first target of this id in its file, 2 for the next, ...
        timeout: The number given as ``timeout=``; read from the source, since it is needed before the code runs.
        finding: Why it can't be run, seen in the source (GA002, ...).
        audited: The dotted names, as its file knows them, that what is audited consists of.
        cell: Of a notebook, the cell that its lines are lines of, counted from 1 over all cells.
        region: From `definition_line` on, ``def`` or ``class`` and the name, or what is called.
    """

    file: str
    line: int
    end_line: int
    definition_line: int
    qualname: str
    name: str | None = None
    repeats: bool = False
    names_vary: bool = False
    ordinal: int = 1
    timeout: float | None = None
    finding: Finding | None = None
    cell: int | None = None
    audited: tuple[str, ...] = ()
    region: Region | None = None

    @property
    def id(self) -> str:
        """``path::qualname`` with ``[name]`` behind it, and ``#2`` where the same id comes a second time."""
        return audit_id(self.file, self.qualname, self.name, self.ordinal)


def audit_id(file: str, qualname: str, name: str | None, ordinal: int = 1) -> str:
    """The name by which an audit is selected, reported and seeded.

    >>> audit_id("src/layers.py", "affine_backward", "wide")
    'src/layers.py::affine_backward[wide]'
    """
    label = f"[{name}]" if name is not None else ""
    return f"{file}::{qualname}{label}" + (f"#{ordinal}" if ordinal > 1 else "")


@dataclass(frozen=True)
class Options:
    """The options of a check that the command line, the audit and the configuration may all set; None where unset."""

    seed: int | None = None
    trials: int | None = None
    mode: Mode | None = None
    dtype: str | None = None
    upcast: bool | None = None
    threshold: float | None = None
    timeout: float | None = None
    device: str | None = None


@dataclass(frozen=True)
class Case:
    """One audit to run: a target and what the command line and the configuration say about it.

    Attributes:
        target: What to run.
        index: Which of the audits that the target declares when run (0 unless it is in a loop).
        forced: Options from the command line; they win over those of the audit.
        defaults: Options from the configuration file; those of the audit win over them.
        keyword: The ``-k`` expression, for audits whose names are only known when run.
        labels: The ``[name]`` labels asked for on the command line, for such audits; empty means all.
        selection: Which rules count.
    """

    target: Target
    index: int = 0
    forced: Options = field(default_factory=Options)
    defaults: Options = field(default_factory=Options)
    keyword: str = ""
    labels: tuple[str, ...] = ()
    selection: Selection = Selection()


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
    """

    name: str
    shape: tuple[int, ...]
    outcome: Verdict
    difference: float | None = None
    error_bound: float | None = None
    grade: Grade | None = None
    worst: WorstElement | None = None


@dataclass(frozen=True)
class Evaluations:
    """How many times the audited code was called, over all trials, those included that look into a mistake."""

    forward: int = 0
    backward: int = 0


@dataclass(frozen=True)
class SmallDistortion:
    """A distortion of a right gradient that is too small for the audit to see.

    Attributes:
        kind: flipped, scaled, zeroed, swapped or transposed.
        gradient: The dotted name of the gradient that was distorted.
        description: What was done to it, in words.
    """

    kind: str
    gradient: str
    description: str


@dataclass(frozen=True)
class MissedDistortion(SmallDistortion):
    """A distortion that the audit should have seen.

    Attributes:
        verdict: What became of the distorted gradient instead: passed, inconclusive or error.
    """

    verdict: Verdict


@dataclass(frozen=True)
class SelfTest:
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


@dataclass(frozen=True)
class Coverage:
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


@dataclass(frozen=True)
class Report:
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

    def count(self, verdict: Verdict) -> int:
        """How many audits ended with `verdict`."""
        return sum(outcome.verdict == verdict for outcome in self.audits)
