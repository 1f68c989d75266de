"""What the audits of one pytest session share: settings, which files are meant, and the processes that run them."""

from __future__ import annotations

import os
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

import pytest

from gradaudit import configuration, pipeline
from gradaudit.discovery.source_files import SUFFIXES, source_files
from gradaudit.errors import UsageError
from gradaudit.judging import Judge
from gradaudit.pytest_plugin.items import AuditFile, AuditItem
from gradaudit.runner.processes.open_pool import OpenPool

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from gradaudit.records.outcome import Outcome
    from gradaudit.runner.processes.open_pool import Pending


class AuditSession:
    """The plugin, switched on.

    Under pytest-xdist each of its workers has one of these, and an audit at a time: how many run at once is ``-n``'s to
    say. Without it the audits of a file start together, at the first of them that pytest comes to.

    Args:
        config: pytest's.

    Raises:
        pytest.UsageError: gradaudit's configuration is wrong.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.start = str(config.invocation_params.dir)
        try:
            self.settings = configuration.load(self.start, None, {})
            self.judge = Judge(self.settings._replace(write_baseline=""))
        except UsageError as error:
            raise pytest.UsageError(f"gradaudit: {error}") from None
        self._alone = hasattr(config, "workerinput")  # set by pytest-xdist in its workers
        self._pool: OpenPool | None = None
        self._submitted: dict[AuditItem, Pending] = {}

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> AuditFile | None:
        """A collector for each file that a scan of the same paths would search."""
        if not file_path.name.endswith(SUFFIXES) or not self._is_searched(str(file_path)):
            return None
        file: AuditFile = AuditFile.from_parent(parent, path=file_path, audits=self)
        return file

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put in what pytest can't know: how long the audits took, and where the one stands that was skipped."""
        report = yield
        if isinstance(item, AuditItem) and call.when == "call" and item.outcomes:
            report.duration = sum(outcome.duration_s for outcome in item.outcomes)
            if report.skipped and isinstance(report.longrepr, tuple):
                path, line, _ = item.reportinfo()
                report.longrepr = (str(path), (line or 0) + 1, report.longrepr[2])
        return report

    def pytest_sessionfinish(self) -> None:
        """End what still runs: the session may have been interrupted, or stopped by ``-x``."""
        self.close()

    def pytest_unconfigure(self) -> None:
        """The same where a session ends without having finished."""
        self.close()

    def close(self) -> None:
        """End every process."""
        if self._pool is not None:
            self._pool.close()

    def run(self, item: AuditItem) -> tuple[Outcome, ...]:
        """What became of an item's audits; those of its file that are still to come are started with it.

        Raises:
            UsageError: The configured interpreter can't be used.
            InternalError: gradaudit itself failed.
        """
        pool = self._pool = self._pool or self._make_pool(item.session)
        if item not in self._submitted:
            together = [item] if self._alone else self._waiting_with(item)
            pending = pool.submit([other.case for other in together])
            self._submitted.update(zip(together, pending, strict=True))
        outcomes = pool.wait(self._submitted[item])
        judged = (self.judge.of_audit(outcome, item.case) for outcome in outcomes)
        return tuple(pipeline.completed(outcome, self.settings, self.start) for outcome in judged)

    def _waiting_with(self, item: AuditItem) -> list[AuditItem]:
        items = [other for other in item.session.items if isinstance(other, AuditItem) and other.parent is item.parent]
        return [other for other in items if other not in self._submitted]

    def _make_pool(self, session: pytest.Session) -> OpenPool:
        job = pipeline.job_of((), self.settings)
        files = Counter(item.parent for item in session.items if isinstance(item, AuditItem))
        jobs = 1 if self._alone else min(job.jobs, max(files.values()))
        return OpenPool(job._replace(jobs=jobs), self.settings.python or None)

    def _is_searched(self, path: str) -> bool:
        below = any(path == place or path.startswith(os.path.join(place, "")) for place in self._places)
        return path in self._files or not below  # with --pyargs an argument is no path

    @cached_property
    def _places(self) -> list[str]:
        """The paths that pytest was given, without what stands behind ``::``."""
        paths = (os.path.normpath(os.path.join(self.start, argument.split("::")[0])) for argument in self.config.args)
        return [path for path in paths if os.path.exists(path)]

    @cached_property
    def _files(self) -> set[str]:
        return set(source_files(self._places, self.settings))
