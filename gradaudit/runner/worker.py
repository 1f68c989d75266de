"""In a worker process: import a case's module, find what it declared, check it, say what became of it.

This is the place in the child where the stages meet: importing, drawing, wiring, checking, naming what was found.
"""

from __future__ import annotations

import dataclasses
import faulthandler
import itertools
import math
import sys
from time import perf_counter
from typing import TYPE_CHECKING

from gradaudit import selection, transport
from gradaudit.declaration import Declaration, declarations_of
from gradaudit.errors import AuditError
from gradaudit.notebooks import cell_number
from gradaudit.records.case import Case, Target, audit_id
from gradaudit.records.finding import Finding
from gradaudit.records.outcome import Outcome
from gradaudit.runner.audits import Audit, judge
from gradaudit.runner.execution.audited_code import audited_process, first_line, is_audited, own_frames
from gradaudit.runner.execution.importing import Importer
from gradaudit.runner.execution.isolation import captured_output, read_output, restored_state
from gradaudit.runner.protocol import Job, Result, timeout_of

if TYPE_CHECKING:
    from types import ModuleType

_STACK_BEFORE_S = 0.15
"""How long before its timeout an audit's stack is written to its output: the pool looks every 0.1 s."""

_LONGEST_S = 1e8  # what the system's timers can count

_SHOWS_OUTPUT = frozenset({"failed", "error", "inconclusive", "xfailed"})


class Worker:
    """One worker process: the job it belongs to, and the modules it has imported."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.importer = Importer(job.project, job.pythonpath)

    def result(self, case: Case, output: str) -> Result:
        """Run one case.

        Args:
            case: What to run.
            output: The file that keeps what it prints; what is known of it before it runs goes beside that.
        """
        try:
            return self._result(case, output)
        except BaseException as error:
            if not is_audited(error):
                raise  # a mistake of ours
            message = f"raised {type(error).__name__}: {first_line(error)}"
            return Result(_failed(case, case.target.id, Finding("GA006", message, details=own_frames(error))))

    def _result(self, case: Case, output: str) -> Result:
        target = case.target
        if target.finding is not None:
            return Result(_failed(case, target.id, target.finding))
        try:
            module = self.module(target.file)
            declarations = found_declarations(module, case)
        except AuditError as error:
            return Result(_failed(case, target.id, finding_of(error)))
        declaration = declarations[case.index]
        identifier = identify(case, declarations)
        if not is_meant(case, identifier):
            return Result(None, declared=len(declarations))
        if identifier != target.id or len(declarations) > 1:
            from gradaudit.runner.announcements import Announcement, announce

            announce(Announcement(identifier, len(declarations)), output)
        audit = Audit(case, identifier, declaration, self.job.self_test)
        return Result(judge(audit), declared=len(declarations))

    def module(self, file: str) -> ModuleType:
        """The module of an audited file.

        Raises:
            AuditError: GA005, it can't be imported.
        """
        try:
            with audited_process():
                return self.importer.load(file)
        except BaseException as error:
            raise _import_failed(file, error) from error


def _import_failed(file: str, error: BaseException) -> AuditError:
    message = f"{file} can't be imported in {sys.executable}: {type(error).__name__}: {first_line(error)}"
    remedy = "importing the file must work before its audits can run"
    if isinstance(error, ImportError):
        remedy += "; what it needs may be put on the path with pythonpath"
        if "relative import" in str(error):
            folder = file.rpartition("/")[0] or "its folder"
            remedy = f"put an __init__.py into {folder}, and into the folders up to its package, or import absolutely"
    if isinstance(error, ModuleNotFoundError) and error.name:
        package = error.name.split(".")[0]
        remedy = f"install {package} there, or put its folder on the path with pythonpath"
        if in_isolated_environment(sys.prefix):
            remedy = (
                "this interpreter belongs to a tool's own environment; run the audits in the project's: "
                "gradaudit scan --python PATH"
            )
    return AuditError("GA005", message, help=remedy, details=own_frames(error))


def in_isolated_environment(prefix: str) -> bool:
    """Whether an interpreter looks like that of a pre-commit hook, pipx or uv tool.

    >>> in_isolated_environment("/home/me/.cache/pre-commit/repo1x2y/py_env-python3")
    True
    """
    parts = prefix.replace("\\", "/").split("/")
    pairs = itertools.pairwise(parts)
    return any(part.startswith("py_env-") for part in parts) or any(
        pair in {("uv", "tools"), ("pipx", "venvs"), ("prek", "hooks")} for pair in pairs
    )


def found_declarations(module: ModuleType, case: Case) -> tuple[Declaration, ...]:
    """What the module declared on the target's lines when it ran.

    Raises:
        AuditError: GA002, nothing; or GA004, its timeout is not what the source shows.
    """
    target = case.target
    found = tuple(declaration for declaration in declarations_of(vars(module)) if _stands_at(target, declaration))
    if not found:
        message = f"{target.qualname} did not declare an audit when {target.file} was imported"
        raise AuditError("GA002", message, help=_REACH)
    if not target.repeats:
        found = found[-1:]
    timeout = found[min(case.index, len(found) - 1)].options.get("timeout")
    if timeout is not None and timeout != target.timeout:
        if not isinstance(timeout, (int, float)) or isinstance(timeout, bool) or not 0 < timeout < math.inf:
            raise AuditError(
                "GA004", f"timeout={timeout!r}: expected a number of seconds above 0", help="write timeout=60"
            )
        message = f"timeout={timeout!r} is not a number in the source, where it is read before the code runs"
        raise AuditError("GA004", message, help=f"write timeout={timeout!r}")
    return found


_REACH = "move it to module level, out of conditions that are false on import and functions that it does not call"


def _stands_at(target: Target, declaration: Declaration) -> bool:
    """Whether the line that ran is the target's; Python 3.10 gives a bare decorator the line of the ``def``."""
    line = declaration.line
    if cell_number(declaration.file) != target.cell:
        return False
    is_bare = target.line == target.end_line < target.definition_line
    return target.line <= line <= target.end_line or (is_bare and line == target.definition_line)


def identify(case: Case, declarations: tuple[Declaration, ...]) -> str:
    """The audit's id, with the label that it was given when it was declared."""
    target, declaration = case.target, declarations[case.index]
    name = declaration.options.get("name")
    if not target.repeats and not target.names_vary:
        return target.id
    label = str(case.index) if name is None and target.repeats else name
    before = [other.options.get("name") for other in declarations[: case.index]]
    ordinal = target.ordinal + (before.count(name) if name is not None else 0)
    return audit_id(target.file, target.qualname, None if label is None else str(label), ordinal)


def is_meant(case: Case, identifier: str) -> bool:
    """Whether an audit whose name is only known now is among those asked for."""
    label = identifier.partition("::")[2].partition("[")[2].replace("]", "", 1)
    return (not case.labels or label in case.labels) and selection.matches(case.keyword, identifier)


def finding_of(error: AuditError) -> Finding:
    """The finding that an audit error becomes."""
    return Finding(error.code, error.message, error.help, details=error.details)


def _failed(case: Case, identifier: str, finding: Finding) -> Outcome:
    target = case.target
    return Outcome(identifier, target.file, target.definition_line, "error", findings=(finding,), cell=target.cell)


_worker: Worker | None = None


def start(job: str) -> None:
    """Called once in each worker process."""
    global _worker  # noqa: PLW0603 - a process is a worker of one job
    _worker = Worker(transport.loads(Job, job))


def run(case: str, output: str) -> str:
    """Called for each case: JSON in, JSON out.

    Args:
        case: A `Case`.
        output: The file that keeps what the audit prints.

    Returns:
        A `Result`.
    """
    assert _worker is not None  # noqa: S101 - `start` ran first
    what = transport.loads(Case, case)
    begin = perf_counter()
    timeout = timeout_of(what, _worker.job.timeout)
    with restored_state(), captured_output(output) as descriptor:
        before = min(max(timeout - _STACK_BEFORE_S, timeout * 0.5), _LONGEST_S)
        faulthandler.dump_traceback_later(before, file=descriptor)
        try:
            result = _worker.result(what, output)
        finally:
            faulthandler.cancel_dump_traceback_later()
    outcome = result.outcome
    if outcome is not None:
        duration = outcome.duration_s or perf_counter() - begin
        shown = read_output(output) if outcome.verdict in _SHOWS_OUTPUT else ""
        outcome = dataclasses.replace(outcome, duration_s=round(duration, 6), output=shown)
    return transport.dumps(result._replace(outcome=outcome))
