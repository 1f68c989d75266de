"""One audit from its declaration to its outcome: options, trials, and the verdict over all of them."""

from __future__ import annotations

import math
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from gradaudit.errors import AuditError
from gradaudit.records.case import Case, Options
from gradaudit.records.finding import Finding
from gradaudit.records.outcome import Evaluations, GradientOutcome, Outcome
from gradaudit.rules import fails, judged
from gradaudit.runner.inputs.annotations import inputs_of
from gradaudit.runner.inputs.meant import check_texts
from gradaudit.runner.inputs.native_inputs import in_numpy
from gradaudit.runner.options import check_options, reason_of
from gradaudit.runner.subjects.resolve import framework_for, functions_of
from gradaudit.runner.trials.setup import Setup
from gradaudit.runner.trials.trial import Trial, TrialResult
from gradaudit.runner.verdicts.precedence import reasons, seen_twice, with_hints
from gradaudit.runner.verdicts.suspects import suspects_of
from gradaudit.runner.verdicts.verification import as_verified

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gradaudit.declaration import Declaration
    from gradaudit.frameworks.interface import Framework
    from gradaudit.numerics.results.evidence import Located
    from gradaudit.records.verdict import Verdict
    from gradaudit.runner.verdicts.diagnosed import Diagnosed
    from gradaudit.runner.verdicts.variants import Dependence

_RANK: dict[Verdict, int] = {"failed": 2, "inconclusive": 1, "passed": 0}


class Audit(NamedTuple):
    """One audit that is to run.

    Attributes:
        case: What to run, which rules count, and the options that win over and yield to the audit's own.
        id: Its id.
        declaration: What was declared.
        self_test: Whether it has to prove that it can fail, if it passes.
    """

    case: Case
    id: str
    declaration: Declaration
    self_test: bool = False


def options_of(audit: Audit) -> Options:
    """The options that apply: the command line wins over the audit, the audit over the configuration.

    Raises:
        AuditError: GA004, an option of the audit is of the wrong kind or out of range.
    """
    declared, case = audit.declaration.options, audit.case
    merged = {
        option: next(
            (
                value
                for value in (
                    getattr(case.forced, option),
                    declared.get(option),
                    getattr(case.defaults, option),
                )
                if value is not None
            ),
            _FALLBACK[option],
        )
        for option in Options._fields
    }
    check_options({**declared, **merged})
    return Options(**merged)


_FALLBACK: dict[str, Any] = {
    "seed": 0,
    "trials": 3,
    "mode": "auto",
    "dtype": "float64",
    "upcast": True,
    "threshold": 1e-5,
    "timeout": 60.0,
    "device": None,
}


def judge(audit: Audit, *, raised: Collection[str] = ()) -> Outcome:
    """Run an audit's trials and say what became of it. Never raises for what the audited code does.

    Args:
        audit: What to run.
        raised: Codes of mistakes in the declaration that its writer waits for: they are no findings.

    Raises:
        AuditError: One of those.
    """
    target, declared = audit.case.target, audit.declaration.options
    blank = Outcome(audit.id, target.file, target.definition_line, "error", cell=target.cell)
    begin = perf_counter()
    try:
        skipped, expected = reason_of(declared, "skip"), reason_of(declared, "xfail")
        if skipped is not None:
            return replace(blank, verdict="skipped", reason=skipped)
        options = options_of(audit)
        blank = replace(
            blank, seed=_known(options.seed), threshold=_known(options.threshold), dtype=_known(options.dtype)
        )
        ran = run_trials(audit, options, until=begin + _SHARE * _known(options.timeout))
    except AuditError as error:
        if error.code in raised:
            raise
        finding = Finding(error.code, error.message, error.help, details=error.details)
        outcome = replace(blank, findings=(finding,))
    else:
        outcome = as_verified(_summed_up(blank, ran, audit), [result.compared for result in ran.results])
        outcome = _expected(outcome, expected)
        if audit.self_test and outcome.verdict == "passed":
            from gradaudit.runner.verdicts.self_test import self_test

            examinations = [result.examination for result in ran.results if result.examination is not None]
            outcome = replace(outcome, self_test=self_test(examinations, outcome.threshold))
    return replace(outcome, duration_s=max(perf_counter() - begin, 1e-6))


def _known(value: Any) -> Any:
    assert value is not None  # noqa: S101 - merged options have a value each
    return value


# What depends on other calls can't be compared from one trial to the next, and raises where sizes differ.
_OVER = frozenset({"GA302", "GA303"})
# A trial of the size of those before it, begun in the first half of an audit's time, ends before all of it is over.
_SHARE = 0.5


class Ran(NamedTuple):
    """All trials of an audit.

    Attributes:
        results: Those that every audit has.
        wrong: The gradients that are wrong in one of them.
        further: Those that were made to find what their mistakes depend on; only their evaluations count.
        dependences: What that is, by gradient.
    """

    results: tuple[TrialResult, ...]
    wrong: Sequence[Diagnosed]
    further: tuple[TrialResult, ...]
    dependences: Mapping[str, Dependence]


def run_trials(audit: Audit, options: Options, *, until: float) -> Ran:
    """All trials of an audit.

    Args:
        audit: What to run.
        options: Those that apply.
        until: When no further trial is begun.

    Raises:
        AuditError: It can't be run as it is declared, or the audited code raised.
    """
    adapter = framework_for(audit.declaration, options.device or None)
    with adapter.session("float64" if options.upcast else _known(options.dtype)):
        return _run_trials(audit, options, adapter, until)


def _run_trials(audit: Audit, options: Options, adapter: Framework, until: float) -> Ran:
    declared = audit.declaration.options
    functions = functions_of(audit.declaration, adapter)
    found = inputs_of(functions, declared.get("inputs"), declared.get("dtype"))
    check_texts(functions.evaluated, found.specifications)
    inputs = in_numpy(found.specifications, declared.get("wrt"), adapter)

    def run(
        number: int,
        *,
        sizes: Mapping[str, int] | None = None,
        inputs: Any = inputs,
        suspects: Mapping[str, Located] | None = None,
    ) -> TrialResult:
        notes = [*found.notes]
        setup = Setup(audit.id, audit.declaration, functions, inputs, options, adapter, number, sizes, notes=notes)
        return Trial(setup, suspects or {}).run()

    results: list[TrialResult] = []
    for number in range(_known(options.trials)):
        suspects = suspects_of(compared for result in results for compared in result.compared)
        results.append(run(number, suspects=suspects))
        if any(finding.code in _OVER for finding in results[-1].findings):
            break
    if not any(compared.block.verdict == "wrong" for result in results for compared in result.compared):
        return Ran(tuple(results), (), (), {})
    from gradaudit.runner.verdicts.confirmation import (
        confirmed,  # what explains a mistake is imported where there is one
    )
    from gradaudit.runner.verdicts.diagnosed import diagnosed
    from gradaudit.runner.verdicts.reruns import Reruns
    from gradaudit.runner.verdicts.variants import dependences

    wrong = diagnosed(result.compared for result in results)
    reruns, bounds = Reruns(run, len(results), until), declared.get("sizes") or {}
    wrong = confirmed(wrong, results, reruns, bounds)
    depends = dependences(wrong, results, reruns, inputs, bounds)
    return Ran(tuple(results), wrong, tuple(reruns.results), depends)


def _summed_up(blank: Outcome, ran: Ran, audit: Audit) -> Outcome:
    """The outcome over all trials: the worst of each gradient, each finding once."""
    results, every = ran.results, (*ran.results, *ran.further)
    gradients = worst_of_each(
        [replace(gradient, trial=number) for number, result in enumerate(results, 1) for gradient in result.gradients]
    )
    wrong = _wrong_findings(ran, _known(blank.threshold))
    failed = {gradient.name for gradient in gradients if gradient.outcome == "failed"}
    # What one trial could not decide is settled by another in which it is wrong.
    decided = [f for f in worst_findings(results) if not (f.code.startswith("GA4") and f.gradient in failed)]
    twice = seen_twice([result.findings for result in results], "GA307")
    certain = [finding for finding in decided if finding.code != "GA307" or finding.gradient in twice]
    findings = with_hints(reasons((*certain, *wrong)), [hint for result in results for hint in result.hints])
    verdict: Verdict = "passed"
    if any(result.inconclusive for result in results):
        verdict = "inconclusive"
    if any(fails(judged(finding, audit.case.selection)) for finding in findings):
        verdict = "failed"
    # Of a failed audit those that failed count: one of the wrong shape has no difference, and the others' is not its.
    decisive = [gradient for gradient in gradients if gradient.outcome == "failed"] or gradients
    known = [gradient.difference for gradient in decisive if gradient.difference is not None]
    grades = [gradient.grade for gradient in decisive if gradient.grade is not None]
    detects = [result.detects for result in results if result.detects is not None]
    return replace(
        blank,
        verdict=verdict,
        trials=len(results),
        mode=results[-1].mode,
        framework=results[-1].framework,
        difference=max(known, default=None),
        grade=max(grades, key=_GRADES.index) if known and grades and verdict != "inconclusive" else None,
        detects=max(detects, default=None),
        evaluations=Evaluations(sum(r.forward for r in every), sum(r.backward for r in every)),
        gradients=gradients,
        findings=findings,
        notes=(*dict.fromkeys(note for result in results for note in result.notes), *_further(len(ran.further))),
    )


def _wrong_findings(ran: Ran, threshold: float) -> Sequence[Finding]:
    if not ran.wrong:
        return ()
    from gradaudit.runner.verdicts.causes import wrong_findings

    return wrong_findings(ran.wrong, ran.dependences, threshold)


def _further(count: int) -> tuple[str, ...]:
    trials = "1 more trial was" if count == 1 else f"{count} more trials were"
    return (f"{trials} run to find what the mistake depends on",) if count else ()


_GRADES = ("great", "okay", "concerning", "wrong")


def worst_of_each(gradients: Sequence[GradientOutcome]) -> tuple[GradientOutcome, ...]:
    """Of each gradient the trial that counts: failed before inconclusive before passed, then the largest difference."""
    worst: dict[str, GradientOutcome] = {}
    for gradient in gradients:
        other = worst.get(gradient.name)
        if other is None or _badness(gradient) > _badness(other):
            worst[gradient.name] = gradient
    return tuple(worst.values())


def _badness(gradient: GradientOutcome) -> tuple[int, float]:
    """To three digits: of trials that are as bad as each other the first counts, whose sizes are small and differ."""
    difference = math.inf if gradient.difference is None else float(f"{gradient.difference:.3g}")
    return _RANK[gradient.outcome], difference


def worst_findings(results: Sequence[TrialResult]) -> tuple[Finding, ...]:
    """Each finding once: of those of one code and gradient that of the trial in which the gradient is worst."""
    worst: dict[tuple[str, str | None], tuple[tuple[int, float], Finding]] = {}
    for result in results:
        badness = {gradient.name: _badness(gradient) for gradient in result.gradients}
        for finding in result.findings:
            key = finding.code, finding.gradient
            here = badness.get(finding.gradient or "", (0, 0.0))
            if key not in worst or here > worst[key][0]:
                worst[key] = here, finding
    return tuple(finding for _, finding in worst.values())


def _expected(outcome: Outcome, reason: str | None) -> Outcome:
    """Turn what was declared to fail around: a failure is expected, a pass is not."""
    if reason is None:
        return outcome
    if outcome.verdict == "failed":
        return replace(outcome, verdict="xfailed", reason=reason)
    if outcome.verdict == "passed":
        finding = Finding("GA009", f"it passes, though it is declared to fail: {reason}", "remove xfail=")
        return replace(outcome, verdict="failed", reason=reason, findings=(*outcome.findings, finding))
    return outcome
