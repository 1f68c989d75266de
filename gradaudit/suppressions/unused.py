"""GA010: comments that ignore nothing, of those that the run can tell it of."""

from __future__ import annotations

from gradaudit.records.finding import Finding
from gradaudit.rules import RULES, STATIC, covers, mistake_in_code
from gradaudit.suppressions import EVERYTHING, is_used

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradaudit.decided import Decided
    from gradaudit.records.case import Target
    from gradaudit.suppressions import Suppressions
    from gradaudit.suppressions.comments import Comment

_WHERE = "an ignore counts on the line of the def, class, decorator or call that it is about"
_UNAUDITED = "GA101"  # never found where there is an audit
_UNKNOWABLE = frozenset({"GA001", "GA010"})  # of a file that can't be parsed no comment is read; and this very rule


def unused(
    suppressions: Suppressions,
    attached: Mapping[Target, Sequence[Comment]],
    shown: Mapping[Target, Sequence[Finding]],
    findings: Sequence[Finding],
    decided: Decided,
) -> list[Finding]:
    """A finding for each comment that is broken, names no rule, or ignores nothing.

    Args:
        suppressions: All comments.
        attached: Those about audits.
        shown: What the static rules find in the functions of each audit: a comment there is also about its proof.
        findings: Those outside audits, before comments are heeded.
        decided: What the run can tell.
    """
    found: list[Finding] = []
    for comment in suppressions:
        targets = [target for target, about in attached.items() if comment in about]
        here = [each for each in findings if comment in suppressions.at(each)]
        here += _of_audits(targets, decided)
        inside = [target for target, each in shown.items() if _stands_at(comment, each, suppressions)]
        here += [each for each in _of_audits(inside, decided) if _stands_at(comment, each.in_source, suppressions)]
        found += _mistakes(comment)
        known = [code for code in comment.codes if not mistake_in_code(code)]
        items = [(code,) for code in known] if comment.codes or comment.mistake else [EVERYTHING]
        unmet = [item for item in items if not is_used(item, here)]
        idle = [item for item in unmet if _is_known(item, comment, targets, (*targets, *inside), decided)]
        if idle:
            found.append(_idle(comment, [code for (code,) in idle]))
    return found


def _mistakes(comment: Comment) -> Iterator[Finding]:
    if comment.mistake:
        yield _at(comment, comment.mistake, comment.remedy)
    for code in comment.codes:
        if mistake := mistake_in_code(code):
            yield _at(comment, mistake, "write a rule's code, such as GA201, or the beginning of some, such as GA2")


def _of_audits(targets: Sequence[Target], decided: Decided) -> Iterator[Finding]:
    for target in targets:
        for outcome in decided.outcomes.get(target, ()):
            yield from outcome.findings


def _stands_at(comment: Comment, findings: Sequence[Finding], suppressions: Suppressions) -> bool:
    return any(comment in suppressions.at(each) for each in findings)


def _is_known(
    codes: Sequence[str], comment: Comment, targets: Sequence[Target], run: Sequence[Target], decided: Decided
) -> bool:
    """Whether all that the codes could be about was looked for.

    Args:
        codes: The codes.
        comment: What has them.
        targets: The audits on which it stands.
        run: Those that have to be decided before the codes of a run are known to be absent.
        decided: What the run can tell.
    """
    if not decided.is_whole(comment.file):
        return False
    meant = {code for code in RULES if covers(codes, code)} - _UNKNOWABLE - ({_UNAUDITED} if targets else set())
    if not meant:
        return bool(targets) and _UNAUDITED in codes
    static = meant.intersection(STATIC)
    if not static <= set(decided.codes):
        return False
    return static == meant or all(map(decided.is_decided, run))


def _idle(comment: Comment, codes: Sequence[str]) -> Finding:
    if not comment.codes:
        return _at(comment, "the comment ignores nothing: no finding is here", f"remove it; {_WHERE}")
    names = " and ".join(codes)
    verb = "ignores" if len(codes) == 1 else "ignore"
    whole = len(codes) == len(comment.codes)
    remedy = "remove the comment" if whole else f"leave {names} out of the comment"
    return _at(comment, f"{names} {verb} nothing: no such finding is here", f"{remedy}; {_WHERE}")


def _at(comment: Comment, message: str, remedy: str) -> Finding:
    return Finding(
        "GA010", message, remedy, file=comment.file, line=comment.line, cell=comment.cell,
        column=comment.column, end_line=comment.line, end_column=comment.end_column,
    )  # fmt: skip
