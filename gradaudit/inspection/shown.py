"""Which findings are in the functions of which audit, so that a run can prove them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from gradaudit.inspection.declared_audits import DeclaredAudit
    from gradaudit.inspection.hand_written import HandWritten
    from gradaudit.inspection.module import Function, Module
    from gradaudit.records.case import Target
    from gradaudit.records.finding import Finding


def in_audited(
    findings: Sequence[Finding],
    found: Sequence[HandWritten],
    audits: Sequence[DeclaredAudit],
    named: Mapping[Target, Collection[tuple[str, str]]],
) -> dict[Target, tuple[Finding, ...]]:
    """For each audit the findings in its backward and its forward; audits without any are left out.

    Args:
        findings: Of the static rules.
        found: All hand-written backward passes.
        audits: Those that the source shows in full.
        named: For each audit the file and the qualified name of what it names.
    """
    functions: dict[Target, list[tuple[Module, Function]]] = {}
    for audit in audits:
        functions.setdefault(audit.target, []).extend(_of_declared(audit))
    for target, places in named.items():
        functions.setdefault(target, []).extend(_backwards(found, places))
    within = {
        target: tuple(each for each in findings if any(_is_in(each, *place) for place in places))
        for target, places in functions.items()
    }
    return {target: inside for target, inside in within.items() if inside}


def _of_declared(audit: DeclaredAudit) -> Iterator[tuple[Module, Function]]:
    if audit.home is not None and audit.audited is not None:
        yield audit.home, audit.audited
    if audit.forward_home is not None and audit.forward is not None:
        yield audit.forward_home, audit.forward


def _backwards(found: Sequence[HandWritten], places: Collection[tuple[str, str]]) -> Iterator[tuple[Module, Function]]:
    for each in found:
        if each.backward is not None and any((each.module.file, name) in places for name in each.names):
            yield each.module, each.backward


def _is_in(finding: Finding, module: Module, function: Function) -> bool:
    if (finding.file, finding.cell) != (module.file, function.cell) or finding.line is None:
        return False
    return function.node.lineno <= finding.line <= (function.node.end_lineno or function.node.lineno)
