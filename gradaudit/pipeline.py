"""The only place that knows the order of the stages: discover → plan → run → report."""

from __future__ import annotations

import contextlib
import os
import time
from typing import NamedTuple

import gradaudit
from gradaudit.collected import Collected, has_missed
from gradaudit.configuration import COMMAND_LINE, Settings
from gradaudit.reading import read
from gradaudit.records.report import BaselineUse, Report
from gradaudit.rules import fails
from gradaudit.running import Execution

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.beginning import Beginning
    from gradaudit.judging import Use
    from gradaudit.records.case import Case, Target
    from gradaudit.records.outcome import Outcome
    from gradaudit.runner.protocol import Job
    from gradaudit.running import Progress


class Run(NamedTuple):
    """What a scan or a list led to.

    Attributes:
        report: All that is known.
        signal: The signal that ended the run early; 0 for none.
        failure: How gradaudit itself failed; empty when it did not.
        baseline: The text of the baseline that is to be written; empty for none.
    """

    report: Report
    signal: int = 0
    failure: str = ""
    baseline: str = ""


def scan(paths: Sequence[str], settings: Settings, start: str, progress: Progress | None = None) -> Run:
    """Find, run and judge all audits.

    Args:
        paths: Files, folders or selectors, relative to `start`.
        settings: The run's.
        start: The working directory.
        progress: Told how many of how many audits are done, and which was the last.

    Raises:
        UsageError: A path, an expression, a revision, a baseline or an interpreter is wrong; nothing has been run then.
        InternalError: gradaudit itself failed.
    """
    begin = time.perf_counter()
    with contextlib.closing(Execution(settings)) as execution:
        reading = read(paths, settings, start, "scan", execution.prepare)
        collected = Collected(reading.cases, reading.judge)
        if reading.cases:
            execution.run(job_of(reading.cases, settings), collected, progress)
    outcomes = tuple(completed(outcome, settings, start) for outcome in collected.in_order())
    decided = reading.decided(collected.by_target(reading.originals), collected.partial, is_usual=not collected.stopped)
    findings = reading.judge.outside(reading.findings, decided)
    use = reading.judge.known(outcomes, findings, decided)
    is_written = use is not None and bool(settings.write_baseline) and not collected.stopped
    report = Report(
        gradaudit.__version__,
        settings.seed,
        outcomes,
        tuple(findings),
        time.perf_counter() - begin,
        reading.found.files,
        collected.stopped,
        collected.planned - len(outcomes) - collected.deselected if collected.stopped else 0,
        settings.self_test,
        reading.coverage if settings.fail_under else None,
        reading.changes,
        _baseline_use(use, is_written=is_written),
        reading.deselected + collected.deselected,
    )
    return Run(report, collected.signal, collected.failure, _baseline_text(use) if is_written else "")


def list_audits(paths: Sequence[str], settings: Settings, start: str) -> Run:
    """What a scan would run; nothing is imported or run.

    Raises:
        UsageError: A path, an expression, a revision or a baseline is wrong.
    """
    begin = time.perf_counter()
    reading = read(paths, settings, start, "list")
    outcomes = tuple(reading.judge.of_audit(_listed(case.target), case) for case in reading.cases)
    decided = reading.decided({})
    findings = reading.judge.outside(reading.findings, decided)
    report = Report(
        gradaudit.__version__,
        settings.seed,
        outcomes,
        tuple(findings),
        time.perf_counter() - begin,
        reading.found.files,
        coverage=reading.coverage,
        changes=reading.changes,
        baseline=_baseline_use(reading.judge.known(outcomes, findings, decided)),
        deselected=reading.deselected,
    )
    return Run(report)


def _listed(target: Target) -> Outcome:
    from gradaudit.records.outcome import Outcome  # records are made where there is something to say

    findings = (target.finding,) if target.finding else ()
    return Outcome(
        target.id,
        target.file,
        target.definition_line,
        "listed",
        findings=findings,
        cell=target.cell,
        region=target.region,
    )


def _baseline_use(use: Use | None, *, is_written: bool = False) -> BaselineUse | None:
    return None if use is None else BaselineUse(use.known, use.stale, len(use.entries) if is_written else None)


def begin(settings: Settings, start: str, file: str) -> Beginning:
    """What `gradaudit init` would write; nothing is imported or run, and nothing written.

    Args:
        settings: Root, excludes, and whether there is a configuration.
        start: The working directory.
        file: Where audits are written, relative to it.

    Raises:
        UsageError: A file that is there can't be added to.
    """
    from gradaudit.beginning import Place, beginning_of

    unaudited = read([settings.root], settings, start, "init").inspected.unaudited
    path = os.path.relpath(os.path.join(start, file), settings.root).replace(os.sep, "/")
    return beginning_of(
        unaudited, Place(settings.root, path, gradaudit.__version__, settings.config_file, settings.pythonpath)
    )


def _baseline_text(use: Use | None) -> str:
    from gradaudit.baseline import written

    return "" if use is None else written(use.entries)


def job_of(cases: tuple[Case, ...], settings: Settings) -> Job:
    """What the runner is told."""
    from gradaudit.runner.protocol import Job

    where = settings.root, settings.pythonpath
    return Job(*where, settings.workers, settings.timeout, cases, settings.self_test)


OWN_FAILURE = 3
_FORCED = ("seed", "trials", "mode", "dtype", "upcast", "threshold", "self-test", "device", "timeout", "python")


def completed(outcome: Outcome, settings: Settings, start: str) -> Outcome:
    """An outcome with the command that reproduces it."""
    from dataclasses import replace

    return replace(outcome, reproduce=reproduce(outcome, settings, start))


def reproduce(outcome: Outcome, settings: Settings, start: str) -> str:
    """The command that runs one audit alone, as it was run, from the folder it was run from."""
    path, _, name = outcome.id.partition("::")
    file = os.path.relpath(os.path.join(settings.root, path), start).replace(os.sep, "/")
    words = ["gradaudit", "scan", f"'{file}::{name}'" if "'" not in outcome.id else _quoted(f"{file}::{name}")]
    words += ["--seed", str(outcome.seed)]
    for key in _FORCED[1:]:
        if settings.origin(key) == COMMAND_LINE:
            value = getattr(settings, key.replace("-", "_"))
            words += (
                [f"--{'' if value else 'no-'}{key}"] if isinstance(value, bool) else [f"--{key}", _quoted(str(value))]
            )
    return " ".join(words)


def _quoted(word: str) -> str:
    import shlex

    return shlex.quote(word)


def exit_status(run: Run, settings: Settings) -> int:
    """0 nothing wrong, 1 findings, 3 gradaudit itself failed, 128 + n for a run that signal n ended.

    The status does not depend on the format of any report.
    """
    if run.signal:
        return 128 + run.signal
    if run.failure:
        return OWN_FAILURE
    if settings.exit_zero:
        return 0
    report = run.report
    failing = any(fails_run(outcome, settings) for outcome in report.audits)
    failing |= any(map(fails, report.findings))
    is_empty = not (report.changes.audits if report.changes else report.audits)
    failing |= settings.fail_on_empty and is_empty
    failing |= report.coverage is not None and report.coverage.percent < settings.fail_under
    return int(failing)


def fails_run(outcome: Outcome, settings: Settings) -> bool:
    """Whether one audit makes a run end with status 1."""
    if outcome.verdict == "inconclusive" and settings.fail_on_inconclusive:
        return not outcome.findings or any(finding.ignored != "baseline" for finding in outcome.findings)
    # An error whose findings are all ignored does not fail the run; it is shown all the same.
    judged = outcome.findings if outcome.verdict in {"failed", "error", "listed"} else ()
    return has_missed(outcome) or any(map(fails, judged))
