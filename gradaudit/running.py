"""The run stage as the pipeline sees it: begun while the source is still read, and ended whatever happens."""

from __future__ import annotations

from gradaudit.errors import InternalError, Interrupted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradaudit.collected import Collected
    from gradaudit.configuration import Settings
    from gradaudit.runner import Executor
    from gradaudit.runner.protocol import Job, Message

    Progress = Callable[[int, int, str], None]


class Execution:
    """What runs the audits of one scan; nothing is imported for it before there is an audit."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is started yet."""
        self._settings = settings
        self._executor: Executor | None = None

    def prepare(self) -> None:
        """Start what takes long and depends on no case, since there will probably be one."""
        if not self._settings.changed_since:  # whose usual outcome is that nothing has to run
            self._chosen().prepare()

    def run(self, job: Job, collected: Collected, progress: Progress | None) -> None:
        """Run all cases and collect what becomes of them, until the run is over or has to stop."""
        try:
            for message in self._messages(job):
                collected.add(message)
                if message.outcome is not None and progress is not None:
                    progress(len(collected.outcomes), collected.planned, message.outcome.id)
                if self._has_failed_enough(collected):
                    break
        except KeyboardInterrupt:
            collected.stopped, collected.signal = "interrupted", 2
        except InternalError as error:
            collected.fail(str(error))
        except Interrupted as interrupt:
            collected.stopped, collected.signal = "interrupted", interrupt.number
        finally:
            self.close()

    def close(self) -> None:
        """End every process at once."""
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.close()

    def _messages(self, job: Job) -> Iterator[Message]:
        return self._chosen().run(job)

    def _chosen(self) -> Executor:
        if self._executor is None:
            from gradaudit.runner import executor

            self._executor = executor("local", self._settings.python or None)
        return self._executor

    def _has_failed_enough(self, collected: Collected) -> bool:
        """Whether ``--maxfail`` stops the run here; if it was over anyway, it is not called stopped."""
        if not self._settings.maxfail or collected.failures < self._settings.maxfail:
            return False
        if len(collected.outcomes) + collected.deselected < collected.planned:
            collected.stopped = f"stopped after {collected.failures} failure{'s' if collected.failures > 1 else ''}"
        return True
