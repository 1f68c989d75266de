"""Which audits the changes since a git revision touch: those whose file, or a file that it imports, has changed."""

from __future__ import annotations

import os
from dataclasses import dataclass

from gradaudit import config_file
from gradaudit.discovery.changes import ChangedFiles, changed_since
from gradaudit.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.configuration import Settings
    from gradaudit.records.case import Target


@dataclass(frozen=True)
class Touched:
    """What changes touch.

    Attributes:
        root: What paths are relative to.
        changes: The changes.
        everything: Whether they change how every audit is judged.
    """

    root: str
    changes: ChangedFiles
    everything: bool = False

    def is_changed(self, file: str | None) -> bool:
        """Whether what is found in a file, relative to the root, is reported."""
        return self.everything or file is None or self.changes.is_touched(self._absolute(file))

    def targets(self, targets: Sequence[Target], pythonpath: Sequence[str]) -> tuple[Target, ...]:
        """Those whose audits have to run, in their order."""
        if self.everything or not targets:
            return tuple(targets)
        from gradaudit.discovery.imports import ImportGraph

        files = {target.file: self._absolute(target.file) for target in targets}
        changed = self.changes.changed | {path for path in files.values() if self.changes.is_touched(path)}
        graph = ImportGraph(self.changes.files, pythonpath)
        touched = graph.touched(files.values(), frozenset(changed))
        return tuple(target for target in targets if files[target.file] in touched)

    def _absolute(self, file: str) -> str:
        return os.path.normpath(os.path.join(self.root, *file.split("/")))


def touched_since(settings: Settings) -> Touched:
    """What the changes since the revision of `Settings.changed_since` touch.

    Raises:
        UsageError: git can't tell.
    """
    changes = changed_since(settings.changed_since, settings.root)
    judging = {settings.config_file, settings.baseline}
    everything = any(path in judging or _is_own(path) for path in changes.changed if not config_file.is_shared(path))
    everything = everything or any(_settings_differ(path, changes) for path in changes.changed)
    return Touched(settings.root, changes, everything)


def _is_own(path: str) -> bool:
    return os.path.basename(path) == config_file.OWN_FILE


def _settings_differ(path: str, changes: ChangedFiles) -> bool:
    """Whether a changed pyproject.toml says something else to gradaudit than it did: other tools have theirs in it."""
    if not config_file.is_shared(path):
        return False
    try:
        with open(path, "rb") as file:
            now: bytes | None = file.read()
    except OSError:
        now = None
    try:
        return _table(path, now) != _table(path, changes.before(path))
    except UsageError:  # it could not be read as it was
        return True


def _table(path: str, source: bytes | None) -> dict[str, object] | None:
    return None if source is None else config_file.table_in(path, source)
