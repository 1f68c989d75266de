"""What the source says before anything runs: discover, inspect, read the comments, see what has changed, plan."""

from __future__ import annotations

import contextlib
import gc
import os
from typing import NamedTuple

from gradaudit.configuration import COMMAND_LINE
from gradaudit.decided import Decided
from gradaudit.discovery import discover
from gradaudit.inspection import Inspection
from gradaudit.judging import Judge
from gradaudit.records.report import Changes
from gradaudit.records.selection import Selection
from gradaudit.rules import STATIC, is_selected
from gradaudit.suppressions import Suppressions

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from typing import Literal, TypeAlias

    from gradaudit.configuration import Settings
    from gradaudit.discovery import Discovery, Witness
    from gradaudit.inspection import Inspected
    from gradaudit.records.case import Case, Target
    from gradaudit.records.finding import Finding
    from gradaudit.records.outcome import Outcome
    from gradaudit.records.report import Coverage
    from gradaudit.touched import Touched

    Command: TypeAlias = Literal["scan", "list", "init"]

# What changes what is found, if a command line asks for it this once.
_CHECK = ("seed", "trials", "mode", "dtype", "upcast", "threshold", "device")


class Reading(NamedTuple):
    """What is known before anything runs.

    Attributes:
        settings: The run's.
        found: What discovery saw.
        inspected: What the source itself shows.
        codes: The static rules that were looked for.
        cases: What is to run.
        judge: Of what it leads to.
        touched: What changes touch; None where all is meant.
        changes: How many audits that is.
        deselected: How many targets the ``-k`` expression left out.
        originals: Targets of cases that carry what the source shows of them to those that discovery saw.
    """

    settings: Settings
    found: Discovery
    inspected: Inspected
    codes: Collection[str]
    cases: tuple[Case, ...]
    judge: Judge
    touched: Touched | None
    changes: Changes | None
    deselected: int
    originals: Mapping[Target, Target]

    @property
    def findings(self) -> list[Finding]:
        """Those outside audits, of the files that are meant."""
        every = (*self.found.findings, *self.inspected.findings)
        return [finding for finding in every if self.touched is None or self.touched.is_changed(finding.file)]

    @property
    def coverage(self) -> Coverage:
        """Of all files, whatever has changed."""
        return self.inspected.coverage

    def decided(
        self,
        outcomes: Mapping[Target, Sequence[Outcome]],
        partial: Collection[Target] = (),
        *,
        is_usual: bool = True,
    ) -> Decided:
        """What the run can tell once it is over; see `Decided` for the arguments."""
        unread = {finding.file for finding in self.found.findings}

        def is_whole(file: str) -> bool:
            path = os.path.normpath(os.path.join(self.settings.root, *file.split("/")))
            is_reported = self.touched is None or self.touched.is_changed(file)
            return is_reported and path in self.found.whole and file not in unread

        as_set = not any(self.settings.origin(key) == COMMAND_LINE for key in _CHECK)
        targets = (*self.found.targets, *self.found.unasked)
        return Decided(targets, outcomes, partial, is_usual and as_set, self.codes, is_whole)


def read(
    paths: Sequence[str], settings: Settings, start: str, command: Command, at_first: Callable[[], None] | None = None
) -> Reading:
    """Read the source and plan the run.

    Args:
        paths: Files, folders or selectors, relative to `start`.
        settings: The run's.
        start: The working directory.
        command: What for: a list and a beginning look for every static rule, whatever is selected, and measure the
            coverage; a beginning keeps the backward passes that no audit names, and with them the trees of their files.
        at_first: Called at the first use of the decorator, while the rest is still to be read.

    Raises:
        UsageError: A path, an expression, a revision or the baseline is wrong.
    """
    with _without_collection():  # and what was read is let go before it ends
        return _read(paths, settings, start, command, at_first)


def _read(
    paths: Sequence[str], settings: Settings, start: str, command: Command, at_first: Callable[[], None] | None
) -> Reading:
    always = command != "scan"
    suppressions = Suppressions()
    judge = Judge(settings, suppressions)
    touched = _touched(settings)
    codes = _static_codes(settings, always=always)
    needs_coverage, keeps_unaudited = always or settings.fail_under > 0, command == "init"
    inspection = Inspection(codes, settings.root, needs_coverage=needs_coverage, keeps_unaudited=keeps_unaudited)
    found = discover(paths, settings, start, _Witnesses(inspection, suppressions), at_first)
    every = (*found.targets, *found.unasked)
    inspected = inspection.concluded(every)
    judge.read(every, inspected.shown)
    cases = _planned(found, settings, judge)
    deselected = len(found.targets) - len(cases)
    changes = None
    if touched is not None:
        meant = set(touched.targets([case.target for case in cases], settings.pythonpath))
        changes = Changes(settings.changed_since, len(meant), len(cases))
        cases = tuple(case for case in cases if case.target in meant)
    told = tuple(_without_hope(case, inspected, always=always) for case in cases)
    originals = {new.target: old.target for new, old in zip(told, cases, strict=True) if new is not old}
    return Reading(settings, found, inspected, codes, told, judge, touched, changes, deselected, originals)


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """Trees are no garbage before the end, and to look for some takes half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _without_hope(case: Case, inspected: Inspected, *, always: bool) -> Case:
    """A case with what a static rule finds of it, if it can't come to a verdict; other codes a run says itself."""
    finding = inspected.of_audits.get(case.target)
    if finding is None or case.target.finding is not None:
        return case
    from dataclasses import replace

    counts = finding.code in STATIC and is_selected(finding.code, case.selection)
    return replace(case, target=case.target._replace(finding=finding)) if always or counts else case


def _touched(settings: Settings) -> Touched | None:
    if not settings.changed_since:
        return None
    from gradaudit.touched import touched_since

    return touched_since(settings)


def _static_codes(settings: Settings, *, always: bool) -> list[str]:
    """A list names every unaudited backward; a scan looks for what is selected."""
    selection = Selection(settings.select, settings.extend_select, settings.ignore)
    return [code for code in STATIC if always or is_selected(code, selection)]


class _Witnesses:
    """All who want to see the trees of files; each sees those that it wants."""

    def __init__(self, *witnesses: Witness) -> None:
        self._witnesses = witnesses
        self._wanting: list[Witness] = []

    def wants(self, file: str, source: bytes, *, mentioned: bool) -> bool:
        self._wanting = [each for each in self._witnesses if each.wants(file, source, mentioned=mentioned)]
        return bool(self._wanting)

    def see(self, file: str, tree: ast.Module, source: bytes | str, cell: int | None = None) -> None:
        for each in self._wanting:
            each.see(file, tree, source, cell)


def _planned(found: Discovery, settings: Settings, judge: Judge) -> tuple[Case, ...]:
    if not found.targets:
        return ()
    from gradaudit.planning import plan  # where there is something to run

    return plan(found.targets, settings, found.labels, judge.in_comments)
