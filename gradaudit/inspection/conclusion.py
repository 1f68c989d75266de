"""What all files together show: which backward passes no audit names, and what the static rules say of each."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from gradaudit.inspection import Inspected
from gradaudit.inspection.forms import FORMS
from gradaudit.inspection.repository import Repository
from gradaudit.records import Coverage, Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gradaudit.inspection.hand_written import HandWritten
    from gradaudit.inspection.module import Module
    from gradaudit.records import Target

_TEST_FOLDERS = frozenset({"test", "tests", "testing", "_testing"})


def conclude(modules: Sequence[Module], targets: Sequence[Target], codes: Collection[str]) -> Inspected:
    """Findings of the static rules, and the coverage.

    Args:
        modules: All files that were read.
        targets: All audits that were found.
        codes: The rules whose findings are wanted.
    """
    repository = Repository(modules)
    found = [each for module in modules if not is_test(module.file) for each in hand_written(module, repository)]
    covered = _covered(targets, repository)
    unaudited = [each for each in found if not _is_covered(each, covered)]
    findings = [_finding(each) for each in unaudited] if "GA101" in codes else []
    findings.sort(key=lambda finding: (finding.file or "", finding.cell or 0, finding.line or 0, finding.column or 0))
    return Inspected(tuple(findings), Coverage(len(found) - len(unaudited), len(unaudited)))


def hand_written(module: Module, repository: Repository) -> list[HandWritten]:
    """The backward passes of a module, each once: of several forms that see it the first counts."""
    found: list[HandWritten] = []
    taken: set[str] = set()
    for form in FORMS:
        for each in form(module, repository):
            if not taken & each.names:
                found.append(each)
                taken |= each.names
    return sorted(found, key=lambda each: (each.cell or 0, *each.place))


def is_test(file: str) -> bool:
    """Whether a file holds tests, by its name and its folders.

    >>> is_test("src/layers.py"), is_test("tests/layers.py"), is_test("src/test_layers.py")
    (False, True, True)
    """
    *folders, name = file.split("/")
    stem = posixpath.splitext(name)[0]
    return (
        stem.startswith("test_")
        or stem.endswith("_test")
        or stem == "conftest"
        or any(folder in _TEST_FOLDERS for folder in folders)
    )


def _covered(targets: Sequence[Target], repository: Repository) -> set[tuple[str, str]]:
    """Files and qualified names of what audits name."""
    by_file = {module.file: module for module in repository.modules}
    named = (
        repository.find(by_file[target.file], name)
        for target in targets
        if target.file in by_file
        for name in target.audited
    )
    return {(each.module.file, each.qualname) for each in named if each is not None}


def _is_covered(each: HandWritten, covered: set[tuple[str, str]]) -> bool:
    return any((each.module.file, name) in covered for name in each.names)


def _finding(each: HandWritten) -> Finding:
    remedy = "audit it: @audited_backward(...) on it, or audited_backward(...)(it) in a file of your own"
    message = f"no audit names {each.qualname}: {each.kind}"
    return located(Finding("GA101", message, remedy), each.module.file, each.node, each.cell)


def located(finding: Finding, file: str, node: object, cell: int | None) -> Finding:
    """A finding at a part of the source: of a definition at ``def`` or ``class`` up to the name's end."""
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
    name = getattr(node, "name", None)
    if isinstance(name, str):
        end_line, end_column = line, column + len(_keyword(node)) + 1 + len(name)
    else:
        end_line, end_column = getattr(node, "end_lineno", line), getattr(node, "end_col_offset", column) + 1
    return replace(finding, file=file, line=line, column=column, end_line=end_line, end_column=end_column, cell=cell)


def _keyword(node: object) -> str:
    return {"ClassDef": "class", "AsyncFunctionDef": "async def"}.get(type(node).__name__, "def")
