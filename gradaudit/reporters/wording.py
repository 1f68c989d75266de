"""How findings and audits are put into words, the same in every format that people read."""

from __future__ import annotations

from gradaudit.reporters.cleaning import one_line
from gradaudit.reporters.quantities import number, plural, seconds
from gradaudit.rules import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradaudit.records.finding import Finding
    from gradaudit.records.outcome import GradientOutcome, Outcome


def rule_name(code: str) -> str:
    """``"wrong-gradient"`` for ``"GA201"``."""
    return RULES[code].name


def standing(finding: Finding) -> str:
    """``"ignored"``, ``"known"``, ``"note"`` or ``"warning"`` for a finding that fails nothing, else empty."""
    if finding.ignored:
        return {"baseline": "known", "default": "note"}.get(finding.ignored, "ignored")
    return "warning" if RULES[finding.code].severity == "warning" else ""


def told(findings: tuple[Finding, ...], *, all_of_them: bool = False) -> tuple[Finding, ...]:
    """Of findings outside audits those that people read: what somebody said to ignore, or knows, they have read before.

    >>> from gradaudit.records.finding import Finding
    >>> told((Finding("GA101", "no audit names it", ignored="comment"),))
    ()
    """
    aside = {"comment", "selection", "baseline"}
    return tuple(finding for finding in findings if all_of_them or finding.ignored not in aside)


def location(what: Outcome | Finding) -> str:
    """``file:line``, as editors and terminals make it a link; in a notebook ``file:cell 3:line``, as ruff has it.

    >>> from gradaudit.records.finding import Finding
    >>> location(Finding("GA001", "can't be parsed", file="layers.py", line=7))
    'layers.py:7'
    >>> location(Finding("GA001", "can't be parsed", file="course.ipynb", line=7, cell=3))
    'course.ipynb:cell 3:7'
    """
    if what.file is None:
        return "gradaudit"
    cell = f":cell {what.cell}" if what.cell is not None else ""
    return one_line(what.file) + cell + (f":{what.line}" if what.line is not None else "")


def in_source(finding: Finding) -> list[str]:
    """What the source shows of the same mistake, a sentence a place.

    >>> from gradaudit.records.finding import Finding
    >>> shown = Finding("GA102", "the upstream gradient dout is never read", file="layers.py", line=7)
    >>> in_source(Finding("GA209", "it does not change", in_source=(shown,)))
    ['layers.py:7: the upstream gradient dout is never read (GA102)']
    """
    return [f"{location(shown)}: {shown.message} ({shown.code})" for shown in finding.in_source]


def leading_finding(outcome: Outcome) -> Finding | None:
    """The finding that decided: the first that counts, else the first."""
    counting = [finding for finding in outcome.findings if not standing(finding)]
    return next(iter((*counting, *outcome.findings)), None)


def headline(outcome: Outcome) -> str:
    """Why an audit did not pass, in one line."""
    first = leading_finding(outcome)
    if outcome.verdict in ("skipped", "xfailed") and outcome.reason:
        return one_line(f"{outcome.verdict}: {outcome.reason}")
    if first is not None:
        return one_line(first.message.split("\n", 1)[0]) or rule_name(first.code)
    gradient = worst_gradient(outcome)
    if gradient is not None and gradient.difference is not None and outcome.verdict in ("failed", "inconclusive"):
        difference, threshold = number(gradient.difference), number(outcome.threshold)
        return f"{one_line(gradient.name)}: difference {difference}, threshold {threshold}"
    return {"listed": "listed, not run"}.get(outcome.verdict, outcome.verdict)


def worst_gradient(outcome: Outcome) -> GradientOutcome | None:
    """The gradient that a row of a table names: one that failed before one that passed, then the largest difference."""
    rank = {"failed": 2, "inconclusive": 1}

    def badness(gradient: GradientOutcome) -> tuple[int, float]:
        difference = gradient.difference
        # A missing difference and NaN, which compares with nothing, are worse than any number.
        return rank.get(gradient.outcome, 0), float(
            "inf"
        ) if difference is None or difference != difference else difference  # noqa: PLR0124 - NaN, without an import

    return max(outcome.gradients, key=badness, default=None)


def differ_in_trial(gradients: Iterable[GradientOutcome]) -> bool:
    """Whether several trials decided, whose sizes differ: a table of them says which."""
    return len({gradient.trial for gradient in gradients}) > 1


def facts(outcome: Outcome) -> str:
    """How an audit was checked, for those who ask for more."""
    if not outcome.trials:
        return f"not checked, seed {outcome.seed}, {seconds(outcome.duration_s)}"
    parts = [
        outcome.mode or "not checked",
        plural(outcome.trials, "trial"),
        f"seed {outcome.seed}",
        one_line(outcome.dtype),
        one_line(outcome.framework),
        f"{outcome.evaluations.forward} forward + {outcome.evaluations.backward} backward evaluations",
    ]
    if outcome.detects is not None:
        parts.append(f"detects {number(outcome.detects)}")
    return ", ".join([*parts, seconds(outcome.duration_s)])


def circumstances(outcome: Outcome) -> str:
    """The verdict, and what it was reached with: ``failed, directional, seed 0, threshold 1e-05``."""
    if not outcome.gradients:
        return word(outcome)
    dtype = "" if outcome.dtype == "float64" else f" {outcome.dtype},"  # named where it is not the usual one
    return f"{word(outcome)}, {outcome.mode},{dtype} seed {outcome.seed}, threshold {number(outcome.threshold)}"


def word(outcome: Outcome) -> str:
    """The verdict as people read it: an audit that passes since a wrong gradient is ignored is ``"ignored"``.

    >>> from gradaudit.records.outcome import GradientOutcome, Outcome
    >>> word(Outcome("a.py::b", "a.py", 1, "passed", gradients=(GradientOutcome("x", (3,), "failed"),)))
    'ignored'
    """
    return "ignored" if outcome.is_ignored else outcome.verdict
