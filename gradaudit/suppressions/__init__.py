"""SUPPRESS: ``# gradaudit: ignore[GA201]`` in the source, and which findings it is about.

A comment counts for the audit on whose ``def``, ``class``, call or decorator it stands, and for findings outside audits
that are about the same statement or header.
"""

from __future__ import annotations

import re

from gradaudit.rules import covers

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gradaudit.records.case import Target
    from gradaudit.records.finding import Finding
    from gradaudit.suppressions.comments import Comment

_WORD = b"gradaudit:"
_MARK = re.compile(rb"#[ \t]*gradaudit:[ \t]*ignore")
EVERYTHING = ("GA",)
"""The codes that a comment without brackets ignores, as a beginning."""


class Suppressions:
    """The comments that were seen so far; a run has one of its own."""

    def __init__(self) -> None:
        self._comments: dict[tuple[str, int | None], list[Comment]] = {}

    def wants(self, file: str, source: bytes, *, mentioned: bool) -> bool:
        """Whether a file may have such a comment, by its bytes."""
        del file, mentioned
        return _WORD in source and _MARK.search(source) is not None

    def see(self, file: str, tree: ast.Module, source: bytes | str, cell: int | None = None) -> None:
        """Take a file, or a cell of a notebook."""
        from gradaudit.suppressions.comments import comments_in

        found = comments_in(file, tree, source, cell)
        if found:
            self._comments[file, cell] = found

    def of_audits(self, targets: Iterable[Target]) -> dict[Target, list[Comment]]:
        """The comments about each target, for those that have some.

        Args:
            targets: All of the files that were seen: a comment on the decorator of one is not about another below it.
        """
        if not self._comments:
            return {}
        beside: dict[tuple[str, int | None], list[Target]] = {}
        for target in targets:
            beside.setdefault((target.file, target.cell), []).append(target)
        attached: dict[Target, list[Comment]] = {}
        for place, comments in self._comments.items():
            for target in beside.get(place, ()):
                about = [comment for comment in comments if _is_about(comment, target, beside[place])]
                if about:
                    attached[target] = about
        return attached

    def at(self, finding: Finding) -> list[Comment]:
        """The comments about a finding outside audits."""
        line = finding.line
        if finding.file is None or line is None:
            return []
        return [
            each for each in self._comments.get((finding.file, finding.cell), ()) if each.first <= line <= each.last
        ]

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._comments)

    def __iter__(self) -> Iterator[Comment]:
        """All of them, in the order of files and lines."""
        for _, comments in sorted(self._comments.items(), key=lambda item: (item[0][0], item[0][1] or 0)):
            yield from comments


def codes_of(comments: Sequence[Comment], finding: Finding | None = None) -> tuple[str, ...]:
    """The codes that comments say to ignore.

    Args:
        comments: Those about one place.
        finding: What is to be ignored; that a comment is of no use is ignored only where its code is named.
    """
    codes = [code for comment in comments for code in comment.codes or (() if comment.mistake else EVERYTHING)]
    if finding is not None and finding.code == "GA010":
        return tuple(code for code in codes if code == "GA010")
    return tuple(dict.fromkeys(codes))


def codes_of_audits(attached: Mapping[Target, Sequence[Comment]]) -> dict[Target, tuple[str, ...]]:
    """The codes that comments say to ignore in audits."""
    return {target: codes_of(comments) for target, comments in attached.items()}


def is_used(codes: Sequence[str], findings: Iterable[Finding]) -> bool:
    """Whether there is something that codes are about."""
    return any(finding.code != "GA010" and covers(codes, finding.code) for finding in findings)


def _is_about(comment: Comment, target: Target, beside: Sequence[Target]) -> bool:
    """Whether it stands on the audit's own decorator or call, or else on its definition and on no other audit's own."""
    if _stands_on(comment, target):
        return True
    on_definition = comment.first <= target.definition_line <= comment.last
    return on_definition and not any(_stands_on(comment, other) for other in beside)


def _stands_on(comment: Comment, target: Target) -> bool:
    return target.line <= comment.line <= target.end_line
