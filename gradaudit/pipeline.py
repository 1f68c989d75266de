"""The only place that knows the order of the stages: discover → plan → run → report."""

from __future__ import annotations

import gc
import os
import time
from dataclasses import dataclass, replace

import gradaudit
from gradaudit.configuration import COMMAND_LINE, Settings
from gradaudit.discovery import discover
from gradaudit.errors import InternalError, Interrupted
from gradaudit.inspection import Inspection
from gradaudit.planning import plan
from gradaudit.records import Outcome, Report
from gradaudit.rules import STATIC, fails, is_selected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradaudit.beginning import Beginning
    from gradaudit.discovery import Discovery
    from gradaudit.inspection import Inspected
    from gradaudit.records import Case, Finding, Target
    from gradaudit.runner.protocol import Job, Message

    Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Run:
    """What a scan or a list led to.

    Attributes:
        report: All that is known.
        signal: The signal that ended the run early; 0 for none.
        failure: How gradaudit itself failed; empty when it did not.
    """

    report: Report
    signal: int = 0
    failure: str = ""


def scan(paths: Sequence[str], settings: Settings, start: str, progress: Progress | None = None) -> Run:
    """Find, run and judge all audits.

    Args:
        paths: Files, folders or selectors, relative to `start`.
        settings: The run's.
        start: The working directory.
        progress: Told how many of how many audits are done, and which was the last.

    Raises:
        UsageError: A path, an expression or an interpreter is wrong; nothing has been run then.
        InternalError: gradaudit itself failed.
    """
    begin = time.perf_counter()
    inspection = _inspection(settings, always=False)
    found, inspected = _read(paths, settings, start, inspection)
    cases = _without_hope(plan(found.targets, settings, found.labels), inspected, settings)
    collected = _Collected(len(cases))
    if cases:
        _execute(cases, settings, collected, progress)
    outcomes = tuple(
        completed(replace(outcome, region=cases[case].target.region), settings, start)
        for case, outcome in collected.in_order()
    )
    report = Report(
        gradaudit.__version__,
        settings.seed,
        outcomes,
        (*found.findings, *inspected.findings),
        time.perf_counter() - begin,
        found.files,
        collected.stopped,
        collected.planned - len(outcomes) - collected.deselected if collected.stopped else 0,
        settings.self_test,
        inspected.coverage if settings.fail_under else None,
    )
    return Run(report, collected.signal, collected.failure)


def list_audits(paths: Sequence[str], settings: Settings, start: str) -> Run:
    """What a scan would run; nothing is imported or run.

    Raises:
        UsageError: A path or an expression is wrong.
    """
    begin = time.perf_counter()
    inspection = _inspection(settings, always=True)
    found, inspected = _read(paths, settings, start, inspection)
    outcomes = tuple(
        Outcome(
            case.target.id,
            case.target.file,
            case.target.definition_line,
            "listed",
            findings=_seen_of(case.target, inspected),
            cell=case.target.cell,
            region=case.target.region,
        )
        for case in plan(found.targets, settings, found.labels)
    )
    duration = time.perf_counter() - begin
    report = Report(
        gradaudit.__version__,
        settings.seed,
        outcomes,
        (*found.findings, *inspected.findings),
        duration,
        found.files,
        coverage=inspected.coverage,
    )
    return Run(report)


def _seen_of(target: Target, inspected: Inspected) -> tuple[Finding, ...]:
    """What the source shows of an audit itself."""
    finding = target.finding or inspected.of_audits.get(target)
    return (finding,) if finding is not None else ()


def _without_hope(cases: tuple[Case, ...], inspected: Inspected, settings: Settings) -> tuple[Case, ...]:
    """The cases, with what a static rule finds of those that can't come to a verdict; other codes a run says itself."""

    def known(target: Target) -> Target:
        finding = inspected.of_audits.get(target)
        if (
            finding is None
            or finding.code not in STATIC
            or not is_selected(finding.code, settings.select, settings.ignore)
        ):
            return target
        return replace(target, finding=finding)

    return tuple(replace(case, target=known(case.target)) for case in cases) if inspected.of_audits else cases


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

    _, inspected = _read([settings.root], settings, start, Inspection((), needs_coverage=True, root=settings.root))
    unaudited = inspected.unaudited
    path = os.path.relpath(os.path.join(start, file), settings.root).replace(os.sep, "/")
    return beginning_of(
        unaudited, Place(settings.root, path, gradaudit.__version__, settings.config_file, settings.pythonpath)
    )


def _inspection(settings: Settings, *, always: bool) -> Inspection:
    """What looks at the source for the static rules; a list names every unaudited backward, a scan what is selected."""
    codes = [code for code in STATIC if always or is_selected(code, settings.select, settings.ignore)]
    return Inspection(codes, needs_coverage=always or settings.fail_under > 0, root=settings.root)


def _read(paths: Sequence[str], settings: Settings, start: str, inspection: Inspection) -> tuple[Discovery, Inspected]:
    """What the files hold. Their trees are no garbage before the end, and to look for some takes half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        found = discover(paths, settings, start, inspection)
        return found, inspection.concluded(found.targets)
    finally:
        if was_enabled:
            gc.enable()


class _Collected:
    """The outcomes so far, and why the run ended early if it did."""

    def __init__(self, planned: int) -> None:
        self.planned = planned
        self.deselected = 0
        self.stopped = ""
        self.signal = 0
        self.failure = ""
        self.outcomes: dict[tuple[int, int], Outcome] = {}

    def add(self, message: Message) -> None:
        self.planned += message.more
        if message.failure:
            self.fail(message.failure)
        elif message.outcome is None:
            self.deselected += 1
        else:
            self.outcomes[message.case, message.index] = message.outcome

    def fail(self, failure: str) -> None:
        self.failure, self.stopped = failure, "gradaudit itself failed"

    def in_order(self) -> list[tuple[int, Outcome]]:
        """Outcomes, each with the number of its case."""
        return [(place[0], self.outcomes[place]) for place in sorted(self.outcomes)]


def job_of(cases: tuple[Case, ...], settings: Settings) -> Job:
    """What the runner is told."""
    from gradaudit.runner.protocol import Job

    return Job(
        settings.root,
        settings.pythonpath,
        settings.workers,
        settings.timeout,
        settings.select,
        settings.ignore,
        cases,
        settings.self_test,
    )


def _execute(cases: tuple[Case, ...], settings: Settings, collected: _Collected, progress: Progress | None) -> None:
    from gradaudit.runner import execute

    messages = execute("local", job_of(cases, settings), settings.python or None)
    failures = 0
    try:
        for message in messages:
            collected.add(message)
            if message.outcome is not None:
                failures += message.outcome.verdict in {"failed", "error"} or _missed(message.outcome)
                if progress is not None:
                    progress(len(collected.outcomes), collected.planned, message.outcome.id)
            if settings.maxfail and failures >= settings.maxfail:
                if len(collected.outcomes) + collected.deselected < collected.planned:
                    collected.stopped = f"stopped after {failures} failure{'s' if failures > 1 else ''}"
                break
    except KeyboardInterrupt:
        collected.stopped, collected.signal = "interrupted", 2
    except InternalError as error:
        collected.fail(str(error))
    except Interrupted as interrupt:
        collected.stopped, collected.signal = "interrupted", interrupt.number
    finally:
        messages.close()  # type: ignore[attr-defined]  # an executor is a generator


OWN_FAILURE = 3
_FORCED = ("seed", "trials", "mode", "dtype", "upcast", "threshold", "self-test", "device", "timeout", "python")


def completed(outcome: Outcome, settings: Settings, start: str) -> Outcome:
    """An outcome with the command that reproduces it."""
    return replace(outcome, reproduce=reproduce(outcome, settings, start))


def reproduce(outcome: Outcome, settings: Settings, start: str) -> str:
    """The command that runs one audit alone, as it was run, from the folder it was run from."""
    import shlex

    path, _, name = outcome.id.partition("::")
    file = os.path.relpath(os.path.join(settings.root, path), start).replace(os.sep, "/")
    words = ["gradaudit", "scan", f"'{file}::{name}'" if "'" not in outcome.id else shlex.quote(f"{file}::{name}")]
    words += ["--seed", str(outcome.seed)]
    for key in _FORCED[1:]:
        if settings.origin(key) == COMMAND_LINE:
            value = getattr(settings, key.replace("-", "_"))
            words += (
                [f"--{'' if value else 'no-'}{key}"]
                if isinstance(value, bool)
                else [f"--{key}", shlex.quote(str(value))]
            )
    return " ".join(words)


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
    failing |= any(fails(finding, settings.select, settings.ignore) for finding in report.findings)
    failing |= settings.fail_on_empty and not report.audits
    failing |= report.coverage is not None and report.coverage.percent < settings.fail_under
    return int(failing)


def fails_run(outcome: Outcome, settings: Settings) -> bool:
    """Whether one audit makes a run end with status 1."""
    if outcome.verdict == "inconclusive" and settings.fail_on_inconclusive:
        return True
    # An error whose findings are all ignored does not fail the run; it is shown all the same.
    judged = outcome.findings if outcome.verdict in {"failed", "error", "listed"} else ()
    return _missed(outcome) or any(fails(finding, settings.select, settings.ignore) for finding in judged)


def _missed(outcome: Outcome) -> bool:
    """Whether a self-test found that the audit can't fail where it should."""
    return outcome.self_test is not None and bool(outcome.self_test.missed)
