"""What all files together show: which backward passes no audit names, and what the static rules say of each."""

from __future__ import annotations

from dataclasses import replace

from gradaudit.inspection import Inspected
from gradaudit.inspection.checks import CHECKS, CHECKS_OF_AUDITS
from gradaudit.inspection.checks.seen import Seen
from gradaudit.inspection.checks.upstreams import DECLARED
from gradaudit.inspection.columns import column
from gradaudit.inspection.declared_audits import declared_audits
from gradaudit.inspection.evidence import replays
from gradaudit.inspection.forms import FORMS
from gradaudit.inspection.hand_written import HandWritten
from gradaudit.inspection.launched import joined
from gradaudit.inspection.marks import is_test
from gradaudit.inspection.repository import Repository
from gradaudit.inspection.shown import in_audited
from gradaudit.records.finding import Finding
from gradaudit.records.report import Coverage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from typing import TypeVar

    from gradaudit.inspection.checks.seen import Mistake
    from gradaudit.inspection.declared_audits import DeclaredAudit
    from gradaudit.inspection.module import Class, Function, Module
    from gradaudit.records.case import Target

    _Found = TypeVar("_Found")


def conclude(
    modules: Sequence[Module],
    targets: Sequence[Target],
    codes: Collection[str],
    others: Sequence[str] = (),
    root: str = ".",
) -> Inspected:
    """Findings of the static rules, and the coverage.

    Args:
        modules: All files that were read.
        targets: All audits that were found.
        codes: The rules whose findings are wanted.
        others: Files that hold no backward pass; what is imported through them is followed.
        root: The folder that files are relative to.
    """
    repository = Repository(modules, others, root)
    found = [each for module in modules if not is_test(module.file) for each in hand_written(module, repository)]
    named = _named(targets, repository)
    covered = set().union(*named.values())
    unaudited = [each for each in found if not _is_covered(each, covered)]
    findings = [_finding(each) for each in unaudited] if "GA101" in codes else []
    audits = list(declared_audits(targets, repository))
    checked = list(_checked(repository, found, audits, codes))
    findings += checked
    findings.sort(key=lambda finding: (finding.file or "", finding.cell or 0, finding.line or 0, finding.column or 0))
    coverage = Coverage(len(found) - len(unaudited), len(unaudited))
    of_audits = {audit.target: each for audit in audits for each in _of_audit(audit)}
    shown = in_audited(checked, found, audits, named) if checked else {}
    return Inspected(tuple(findings), coverage, of_audits, tuple(unaudited), shown)


def hand_written(module: Module, repository: Repository) -> list[HandWritten]:
    """The backward passes of a module, each once: of the forms that see it, or name it as a part, the first counts."""
    found: list[HandWritten] = []
    taken: set[str] = set()
    for form in FORMS:
        for each in _all(form, module, repository):
            if each.qualname not in taken and not (each.backward is not None and replays(each.backward)):
                found.append(replace(each, form=form.__name__))
                taken.add(each.qualname)
        taken.update(*(each.names for each in found))
    return sorted(joined(found, module), key=lambda each: (each.cell or 0, *each.place))


def _checked(
    repository: Repository, found: Sequence[HandWritten], audits: Sequence[DeclaredAudit], codes: Collection[str]
) -> Iterator[Finding]:
    """What the static rules find, but for tests, whose mistakes are meant, and what audits expect to fail."""
    expected = {(id(audit.home), audit.qualname) for audit in audits if "xfail" in audit.options}
    backwards = [each for each in (*found, *_declared(found, audits)) if not _is_among(each, expected)]
    for module in repository.modules:
        if is_test(module.file):
            continue
        seen = Seen(
            module,
            repository,
            [each for each in backwards if each.module is module],
            [audit for audit in audits if module in (audit.home, audit.forward_home)],
        )
        for code, check in CHECKS.items():
            if code in codes:
                yield from (_located(code, mistake, module) for mistake in _all(check, seen))


def _all(look: Callable[..., Iterable[_Found]], *at: object) -> list[_Found]:
    """What a form or a check finds; nothing where a statement is nested so deeply that it can be read and no more."""
    try:
        return list(look(*at))
    except RecursionError:
        return []


def _is_among(each: HandWritten, places: Collection[tuple[int, str]]) -> bool:
    return any((id(each.module), name) in places for name in each.names)


def _declared(found: Sequence[HandWritten], audits: Sequence[DeclaredAudit]) -> Iterator[HandWritten]:
    """The audited functions that no form knows as backward passes, each once."""
    known = {(id(each.module), name) for each in found for name in each.names}
    for audit in audits:
        backward, home = audit.audited, audit.home
        if backward is None or home is None or (id(home), audit.qualname) in known:
            continue
        known.add((id(home), audit.qualname))
        yield HandWritten(
            home, audit.qualname, backward.node, DECLARED, frozenset({audit.qualname}), backward.cell,
            backward=backward, forward=audit.forward, upstreams=audit.upstreams,
        )  # fmt: skip


def _of_audit(audit: DeclaredAudit) -> Iterator[Finding]:
    """The first reason why running an audit can't come to a verdict."""
    if audit.target.finding is None and not audit.target.repeats:
        for code, check in CHECKS_OF_AUDITS.items():
            for mistake in _all(check, audit):
                home = audit.home if code == "GA103" and audit.home is not None else audit.module
                yield _located(code, mistake, home)
                return


def _located(code: str, mistake: Mistake, module: Module) -> Finding:
    qualname = _around(module, mistake.node, mistake.cell)
    return located(Finding(code, mistake.message, mistake.help, qualname=qualname), module, mistake.node, mistake.cell)


def _around(module: Module, node: object, cell: int | None) -> str:
    """The qualified name of the innermost function or class that a node is in, or is; empty at module level."""
    line = getattr(node, "lineno", 0)
    every: list[Function | Class] = [*module.functions.values(), *module.classes.values()]
    around = [each for each in every if each.cell == cell and each.node.lineno <= line <= (each.node.end_lineno or 0)]
    return max(around, key=lambda each: each.node.lineno).qualname if around else ""


def _named(targets: Sequence[Target], repository: Repository) -> dict[Target, set[tuple[str, str]]]:
    """File and qualified name of all that each audit names."""
    by_file = {module.file: module for module in repository.modules}
    named: dict[Target, set[tuple[str, str]]] = {}
    for target in targets:
        if target.file in by_file:
            found = (repository.find(by_file[target.file], name) for name in target.audited)
            named[target] = {(each.module.file, each.qualname) for each in found if each is not None}
    return named


def _is_covered(each: HandWritten, covered: set[tuple[str, str]]) -> bool:
    return any((each.module.file, name) in covered for name in each.names)


def _finding(each: HandWritten) -> Finding:
    remedy = "audit it: @audited_backward(...) on it, or audited_backward(...)(it) in a file of your own"
    message = f"no audit names {each.qualname}: {each.kind}"
    if each.kernels:
        message += f", which launches {', '.join(each.kernels)}"
    return located(Finding("GA101", message, remedy, qualname=each.qualname), each.module, each.node, each.cell)


def located(finding: Finding, module: Module, node: object, cell: int | None) -> Finding:
    """A finding at a part of the source: of a definition at ``def`` or ``class`` up to the name's end."""
    line = getattr(node, "lineno", 1)
    begin = column(module, cell, line, getattr(node, "col_offset", 0))
    name = getattr(node, "name", None)
    if isinstance(name, str):
        end_line, end = line, begin + len(_keyword(node)) + 1 + len(name)
    else:
        end_line = getattr(node, "end_lineno", line)
        end = column(module, cell, end_line, getattr(node, "end_col_offset", begin))
    return finding._replace(file=module.file, line=line, column=begin, end_line=end_line, end_column=end, cell=cell)


def _keyword(node: object) -> str:
    return {"ClassDef": "class", "AsyncFunctionDef": "async def"}.get(type(node).__name__, "def")
