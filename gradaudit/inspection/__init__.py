"""INSPECT: what the source itself shows: hand-written backward passes that no audit names, and static mistakes.

Nothing is imported or run. Files are parsed once, by discovery, which hands each tree on: see `Inspection`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from gradaudit.inspection import marks

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Collection, Mapping, Sequence

    from gradaudit.inspection.hand_written import HandWritten
    from gradaudit.inspection.module import Module
    from gradaudit.records.case import Target
    from gradaudit.records.finding import Finding
    from gradaudit.records.report import Coverage


class Inspected(NamedTuple):
    """What the source shows.

    Attributes:
        findings: In the order of files and lines.
        coverage: How many of the hand-written backward passes are audited.
        of_audits: What the source shows of an audit itself: why running it can't come to a verdict.
        unaudited: The others, if they are to be kept.
        shown: For each audit the findings in its own functions, which a run may prove.
    """

    findings: tuple[Finding, ...]
    coverage: Coverage
    of_audits: Mapping[Target, Finding] = MappingProxyType({})
    unaudited: tuple[HandWritten, ...] = ()
    shown: Mapping[Target, tuple[Finding, ...]] = MappingProxyType({})


class Inspection:
    """What was seen so far; a run has one of its own."""

    def __init__(
        self, codes: Collection[str], root: str = ".", *, needs_coverage: bool = False, keeps_unaudited: bool = False
    ) -> None:
        """Nothing is seen yet.

        Args:
            codes: The static rules whose findings are wanted.
            root: The folder that files are relative to.
            needs_coverage: Whether the coverage is wanted, whatever findings are.
            keeps_unaudited: Whether unaudited backward passes are wanted: each holds the tree of its file.
        """
        self._codes = frozenset(codes)
        self._is_idle = not codes and not needs_coverage
        self._root, self._keeps_unaudited = root, keeps_unaudited
        self._modules: list[Module] = []
        self._others: list[str] = []

    def wants(self, file: str, source: bytes, *, mentioned: bool) -> bool:
        """Whether a file may matter, by its bytes: that it mentions the decorator, or may hold a backward pass."""
        if self._is_idle or mentioned:
            return not self._is_idle
        if marks.is_test(file) or not marks.may_matter(source):
            self._others.append(file)
            return False
        from gradaudit.inspection.prefilter import may_call_check, may_hold_backward

        if may_hold_backward(source) or ("GA105" in self._codes and may_call_check(source)):
            return True
        self._others.append(file)
        return False

    def see(self, file: str, tree: ast.Module, source: bytes | str, cell: int | None = None) -> None:
        """Take a file's tree and its text, or those of a cell of a notebook."""
        from gradaudit.inspection.module import Module
        from gradaudit.inspection.traversal import read_into

        if not self._modules or self._modules[-1].file != file:
            self._modules.append(Module(file))
        read_into(self._modules[-1], tree, cell, source)

    def concluded(self, targets: Sequence[Target]) -> Inspected:
        """What all files together show.

        Args:
            targets: All audits that were found in them.
        """
        if not self._modules:
            from gradaudit.records.report import Coverage

            return Inspected((), Coverage(0, 0))
        from gradaudit.inspection.conclusion import conclude

        inspected = conclude(self._modules, targets, self._codes, self._others, self._root)
        return inspected if self._keeps_unaudited else inspected._replace(unaudited=())
