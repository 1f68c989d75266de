"""The first audit file: imports of what it audits, an audit each, and a word on what can't be named from there."""

from __future__ import annotations

import ast
import os
import posixpath
from dataclasses import dataclass, field

from gradaudit.beginning.audit import WIDTH, FirstAudit, Unwritten
from gradaudit.beginning.changes import Change, added, text_of
from gradaudit.beginning.import_paths import Imports
from gradaudit.beginning.kinds import KINDS
from gradaudit.beginning.kinds.draft import Draft
from gradaudit.beginning.source import Source, source_of
from gradaudit.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradaudit.inspection.hand_written import HandWritten

_HEADING = '"""Audits of gradients that are written by hand: gradaudit scan runs them."""\n'


@dataclass
class AuditFile:
    """What is to be in it.

    Attributes:
        root: The repository, absolute.
        shown: The file, relative to the root.
        before: What it holds now; None where there is no such file.
        audits: Those that are written.
        unwritten: Those that can't be.
        folders: Those that have to be on the import path.
    """

    root: str
    shown: str
    before: str | None = None
    audits: list[FirstAudit] = field(default_factory=list)
    unwritten: list[Unwritten] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    _imports: Imports = field(default_factory=Imports)
    _files: dict[str, str] = field(default_factory=dict)

    def change(self) -> Change | None:
        """What is written; None for nothing."""
        if not self.audits:
            return None
        if any("distributions." in audit.text() for audit in self.audits):
            self._imports.add("gradaudit", "distributions")
        parts = [*(audit.text() for audit in self.audits), *(each.text() for each in self.unwritten)]
        text = "\n\n".join(parts) + "\n"
        path = os.path.join(self.root, self.shown)
        if self.before is None:
            after = f"{_HEADING}\n{self._imports.text(WIDTH)}\n\n{text}"
        else:
            after = added(self.before, f"\n{text}")
            after = added(after, self._imports.text(WIDTH), _behind_imports(self.before, self.shown))
        return Change(path, self.shown, after, self.before, self.contents())

    def contents(self) -> str:
        """How many audits it has, and how much of them is to be filled in."""
        missing = sum(audit.missing for audit in self.audits)
        counted = f"{len(self.audits)} audit{'s' if len(self.audits) > 1 else ''}"
        return f"{counted}, {missing} line{'s' if missing > 1 else ''} to fill in" if missing else counted

    def add(self, each: HandWritten, source: Source, pythonpath: Sequence[str]) -> None:
        """Write the audit of a backward pass, or say why there is none."""
        why = source.obstacle(each, each.qualname if "::" not in each.qualname else _function_of(each)) or self._hidden(
            source
        )
        draft = Draft(each, lambda name: self._imported(source, name))
        if not why:
            KINDS[each.form](draft)
            why = draft.obstacle
        if why:
            place = each.module.file if each.cell is None else f"{each.module.file}, cell {each.cell}"
            self.unwritten.append(Unwritten(each.qualname, f"{place}:{each.place[0]}", why))
            return
        self._imports.add("gradaudit", "audited_backward")
        self.audits.append(draft.finished(self._imports.taken))
        assert source.path is not None  # noqa: S101 - it had no obstacle
        folder = source.path.folder
        if source.path.needs_configuration and folder not in (*pythonpath, *self.folders):
            self.folders.append(folder)

    def _imported(self, source: Source, name: str) -> str:
        assert source.path is not None  # noqa: S101 - asked only then
        return self._imports.add(source.path.module, name, first_party=not source.path.needs_configuration)

    def _hidden(self, source: Source) -> str:
        """Why another file is imported by the name of this one."""
        assert source.path is not None  # noqa: S101 - asked only then
        own = posixpath.splitext(posixpath.basename(self.shown))[0]
        if source.path.module.partition(".")[0] == own and source.file != self.shown:
            raise UsageError(f"{self.shown} would hide {source.file}, which it imports; name another one with --file")
        first = self._files.setdefault(source.path.module, source.file)
        return "" if first == source.file else f"is imported by the name of {first}"

    def take_names(self) -> None:
        """Note what the file that is there imports and defines."""
        if self.before is None:
            return
        tree = _parsed(self.before, self.shown)
        self._imports.taken |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module:
                self._imports.hold(node.module, {alias.name: alias.asname or alias.name for alias in node.names})


def audit_file(root: str, shown: str, unaudited: Iterable[HandWritten], pythonpath: Sequence[str]) -> AuditFile:
    """Audits of backward passes.

    Args:
        root: The repository, absolute.
        shown: Where they are written, relative to the root.
        unaudited: The backward passes.
        pythonpath: Folders that are on the import path, relative to the root.

    Raises:
        UsageError: The file is there and can't be added to, or would hide a module that it imports.
    """
    file = AuditFile(root, shown, text_of(os.path.join(root, shown)))
    file.take_names()
    sources: dict[str, Source] = {}
    for each in unaudited:
        name = each.module.file
        sources[name] = sources.get(name) or source_of(root, name)
        file.add(each, sources[name], pythonpath)
    return file


def _function_of(each: HandWritten) -> str:
    return each.backward.qualname if each.backward is not None else each.qualname


def _parsed(text: str, shown: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        raise UsageError(f"{shown} is no Python that can be added to; correct it, or name another --file") from None


def _behind_imports(text: str, shown: str) -> int:
    """The line behind the last import, else behind the docstring."""
    body = _parsed(text, shown).body
    ends = [node.end_lineno or 0 for node in body if isinstance(node, (ast.Import, ast.ImportFrom))]
    return max(ends, default=(body[0].end_lineno or 0) if body and ast.get_docstring(_parsed(text, shown)) else 0)
