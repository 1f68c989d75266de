"""Audits as pytest sees them: a collector a file, an item an audit in it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest

from gradaudit.discovery import search
from gradaudit.errors import InternalError, UsageError
from gradaudit.notebooks import cell_name
from gradaudit.planning import plan
from gradaudit.pytest_plugin.verdicts import AuditFailedError, judge, judge_finding, warnings_of
from gradaudit.records.finding import Finding
from gradaudit.reporters.cleaning import one_line
from gradaudit.suppressions import Suppressions, codes_of_audits

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path

    from gradaudit.configuration import Settings
    from gradaudit.pytest_plugin.session import AuditSession
    from gradaudit.records.case import Case, Target
    from gradaudit.records.outcome import Outcome


class AuditWarning(pytest.PytestWarning):
    """A finding that shows and does not fail."""


class AuditFile(pytest.File):
    """A file that may hold audits; it is read and not imported."""

    def __init__(self, *, audits: AuditSession, **others: Any) -> None:
        super().__init__(**others)
        self.audits = audits

    def collect(self) -> Iterator[pytest.Item]:
        """An item for each audit; one for what is wrong where it can't be parsed.

        Raises:
            CollectError: The ``keyword`` of the configuration is broken, or the file is a notebook in another language.
        """
        settings = self.audits.settings
        try:
            suppressions = Suppressions()
            named = self.session.isinitpath(self.path)
            found = search(str(self.path), settings, named=named, witness=suppressions)
            cases = () if isinstance(found, Finding) else _cases(found, settings, suppressions)
        except UsageError as error:
            raise self.CollectError(f"gradaudit: {error}") from None
        if isinstance(found, Finding):
            yield FindingItem.from_parent(self, name=found.code, audits=self.audits, finding=found)
        for case in cases:
            name = one_line(case.target.id.removeprefix(f"{case.target.file}::"))
            yield AuditItem.from_parent(self, name=name, audits=self.audits, case=case)


def _cases(found: tuple[Target, ...], settings: Settings, suppressions: Suppressions) -> tuple[Case, ...]:
    return plan(found, settings, in_comments=codes_of_audits(suppressions.of_audits(found)))


class _Item(pytest.Item):
    def __init__(self, *, name: str, parent: pytest.Collector, audits: AuditSession, **others: Any) -> None:
        # As text, of which pytest 9.2 makes what it makes of the ids that --lf has kept: [...] is no part of the name.
        super().__init__(name, parent, nodeid=f"{parent.nodeid}::{name}", **others)
        self.audits = audits
        self.add_marker("gradaudit")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What ``gradaudit scan`` prints, without a traceback: the frames would be ours."""
        failed = excinfo.value
        if not isinstance(failed, AuditFailedError):
            return super().repr_failure(excinfo, style)
        shown = excinfo.getrepr(style="value", chain=False)
        if shown.reprcrash is not None:  # what the short summary and JUnit's message are made of
            path, line, _ = self.reportinfo()
            shown.reprcrash.path, shown.reprcrash.lineno = str(path), (line or 0) + 1
            shown.reprcrash.message = failed.headline
        return shown


class AuditItem(_Item):
    """A use of ``audited_backward``; in a loop it declares several audits when run, which are judged together.

    Attributes:
        case: What is run.
        outcomes: What became of it.
    """

    def __init__(self, *, case: Case, **others: Any) -> None:
        super().__init__(**others)
        self.case = case
        self.outcomes: tuple[Outcome, ...] = ()

    def runtest(self) -> None:
        """Run the audit in a process of its own."""
        settings = self.audits.settings
        try:
            self.outcomes = self.audits.run(self)
        except UsageError as error:
            raise AuditFailedError(str(error)) from None
        except InternalError as error:
            raise AuditFailedError(f"gradaudit itself failed: {error}") from None
        for outcome in self.outcomes:
            for text in warnings_of(outcome, settings):
                self._warn(text)
        judge(self.outcomes, settings, run_xfail=self.config.getoption("runxfail"))

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """The audit's place; pytest counts lines from 0, and knows no cells."""
        target = self.case.target
        return _place(self.path, target.cell), target.definition_line - 1, self.name

    def _warn(self, text: str) -> None:
        """Past the filters, which may make warnings errors: the rules' selection decides what fails."""
        path, line, _ = self.reportinfo()
        warning = AuditWarning(text)
        message = warnings.WarningMessage(warning, AuditWarning, str(path), (line or 0) + 1, line="")
        self.config.hook.pytest_warning_recorded.call_historic(
            kwargs={"warning_message": message, "when": "runtest", "nodeid": self.nodeid, "location": None}
        )


class FindingItem(_Item):
    """A file that mentions the decorator and can't be read, parsed or run."""

    def __init__(self, *, finding: Finding, **others: Any) -> None:
        super().__init__(**others)
        self.finding = finding

    def runtest(self) -> None:
        """Fail, unless the rule is ignored."""
        judge_finding(self.audits.judge.outside_of_audits(self.finding), self.audits.settings)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """The finding's place."""
        return _place(self.path, self.finding.cell), (self.finding.line or 1) - 1, self.name


def _place(path: Path, cell: int | None) -> Path | str:
    return path if cell is None else cell_name(str(path), cell)
