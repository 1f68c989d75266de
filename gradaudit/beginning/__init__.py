"""BEGIN: what a repository needs for its first scan: configuration, first audits, hooks, a workflow.

Nothing is imported or run, and nothing is written here: what comes out are `Change` records, a file each.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.beginning.audit_file import AuditFile
    from gradaudit.beginning.changes import Change
    from gradaudit.inspection.hand_written import HandWritten


@dataclass(frozen=True)
class Place:
    """Where it begins.

    Attributes:
        root: The repository, absolute.
        file: Where audits are written, relative to it, with forward slashes.
        version: Of gradaudit.
        config_file: The configuration that there is, absolute; None for none.
        pythonpath: The folders that it puts on the import path, absolute.
    """

    root: str
    file: str
    version: str
    config_file: str | None = None
    pythonpath: Sequence[str] = ()


@dataclass(frozen=True)
class Beginning:
    """What would be written.

    Attributes:
        changes: A file each.
        remarks: What a person has to know or do, a sentence each.
        missing: How many lines are to be filled in.
        file: Where the audits are; empty for none.
    """

    changes: tuple[Change, ...]
    remarks: tuple[str, ...]
    missing: int = 0
    file: str = ""


def beginning_of(unaudited: Sequence[HandWritten], place: Place) -> Beginning:
    """What would be written for the backward passes that no audit names.

    Args:
        unaudited: These.
        place: Where.

    Raises:
        UsageError: A file that is there can't be read or added to.
    """
    from gradaudit.beginning.audit_file import audit_file
    from gradaudit.beginning.configuration_text import configuration
    from gradaudit.beginning.hook import hook
    from gradaudit.beginning.workflow import workflow

    known = [os.path.relpath(folder, place.root).replace(os.sep, "/") for folder in place.pythonpath]
    audits = audit_file(place.root, place.file, unaudited, known)
    configured = configuration(place.root, audits.folders) if place.config_file is None else None
    hooks = hook(place.root, place.version)
    changes = [
        configured,
        audits.change(),
        None if isinstance(hooks, str) else hooks,
        workflow(place.root, place.version),
    ]
    remarks = [*_remarks(audits, place), *([hooks] if isinstance(hooks, str) else [])]
    written = tuple(each for each in changes if each is not None)
    missing = sum(audit.missing for audit in audits.audits)
    return Beginning(written, tuple(remarks), missing, audits.shown if audits.audits else "")


def _remarks(audits: AuditFile, place: Place) -> list[str]:
    remarks = [f"not audited: {each.name} ({each.place}), which {each.why}" for each in audits.unwritten]
    if not audits.audits and not audits.unwritten:
        remarks.append("there is no hand-written backward pass that no audit names, so no audit file is written")
    if place.config_file is not None and audits.folders:
        shown = ", ".join(f'"{folder}"' for folder in audits.folders)
        remarks.append(f"add to pythonpath in {os.path.relpath(place.config_file, place.root)}: {shown}")
    return remarks
