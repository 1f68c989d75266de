"""DISCOVER: files → syntax trees → targets. Nothing that is read is imported or run."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, Protocol

from gradaudit.discovery.selectors import asked_for, selected
from gradaudit.discovery.source_files import read, source_files
from gradaudit.errors import UsageError
from gradaudit.notebooks import is_notebook
from gradaudit.records.finding import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gradaudit.configuration import Settings
    from gradaudit.discovery.syntax import Use
    from gradaudit.records.case import Target
    from gradaudit.records.finding import Region

# Whatever the alias, the name itself is written once in a file that uses it.
_MENTION = b"audited_backward"


class Discovery(NamedTuple):
    """What was found.

    Attributes:
        targets: In the order of files and lines.
        findings: Files that can't be read or parsed.
        files: How many files were searched.
        labels: Of targets whose audits get their names or number when run, what selectors asked for: the text between
            the brackets, with ``#2`` behind it where the selector has it; a target that is not in it is meant whole.
        unasked: Targets beside those that selectors mean.
        whole: The files, absolute, that were searched and of which selectors left nothing out.
    """

    targets: tuple[Target, ...] = ()
    findings: tuple[Finding, ...] = ()
    files: int = 0
    labels: Mapping[Target, tuple[str, ...]] = MappingProxyType({})
    unasked: tuple[Target, ...] = ()
    whole: frozenset[str] = frozenset()


class Witness(Protocol):
    """Somebody else who wants to see the trees of files, so that each is parsed once."""

    def wants(self, file: str, source: bytes, *, mentioned: bool) -> bool:
        """Whether a file may matter, by its path, its bytes and by whether they mention the decorator."""
        ...

    def see(self, file: str, tree: ast.Module, source: bytes | str, cell: int | None = None) -> None:
        """Take the tree of a file and its text, or those of a cell of a notebook."""
        ...


def discover(
    paths: Sequence[str],
    settings: Settings,
    start: str = ".",
    witness: Witness | None = None,
    at_first: Callable[[], None] | None = None,
) -> Discovery:
    """Find the uses of ``audited_backward``.

    Args:
        paths: Files, folders, or selectors ``path::qualname[name]``, relative to `start`; none means `start` itself.
        settings: Root and excludes.
        start: The working directory.
        witness: Who else wants to see what is parsed.
        at_first: Called at the first use, while the other files are still to be read.

    Raises:
        UsageError: A path does not exist, a selector matches nothing, or a notebook that is named is not in Python.
    """
    asked = asked_for(paths or ["."], os.path.abspath(start), settings.root)
    files = source_files(list(asked), settings)
    targets: list[Target] = []
    findings: list[Finding] = []
    labels: dict[Target, tuple[str, ...]] = {}
    unasked: list[Target] = []
    for path in files:
        found = search(path, settings, named=path in asked, witness=witness, at_first=at_first)
        if isinstance(found, Finding):
            findings.append(found)
            continue
        at_first = None if found else at_first
        if selectors := asked.get(path):
            meant = selected(found, selectors, _relative(path, settings.root), labels)
            targets += meant
            unasked += [target for target in found if target not in meant]
        else:
            targets += found
    whole = frozenset(path for path in files if not asked.get(path))
    return Discovery(tuple(targets), tuple(findings), len(files), labels, tuple(unasked), whole)


def search(
    path: str,
    settings: Settings,
    *,
    named: bool,
    witness: Witness | None = None,
    at_first: Callable[[], None] | None = None,
) -> tuple[Target, ...] | Finding:
    """The uses in one file, or why it can't be read.

    Args:
        path: The file, absolute.
        settings: Root, and whether names come from a person.
        named: Whether it was named, and not found in a folder.
        witness: Who else wants to see what is parsed.
        at_first: Called where there is a use, before anybody else looks at the file.

    Raises:
        UsageError: It is a notebook that is not in Python, and a person named it.
    """
    file = _relative(path, settings.root)
    try:
        source = read(path, follow_link=named)
    except FileNotFoundError:
        return ()  # git still lists what was deleted
    except OSError as error:
        if not named and os.path.islink(path):
            return ()
        help_ = "make it readable, or leave it out with exclude"
        return Finding("GA001", f"can't be read: {error.strerror}", help_, file=file)
    by_hand = named and not settings.force_exclude  # a hook that names files takes no care which
    mentioned = _MENTION in source
    wanted = witness is not None and witness.wants(file, source, mentioned=mentioned)
    found: tuple[Target, ...] | Finding = ()
    if is_notebook(path) and (by_hand or mentioned or wanted):
        found = _read_notebook(source, file, by_hand=by_hand, witness=witness if wanted else None, at_first=at_first)
    elif mentioned or wanted:
        witness = witness if wanted else None
        found = _read_targets([(None, source)], file, mentioned=mentioned, witness=witness, at_first=at_first)
    return found if mentioned or by_hand else ()


def _relative(path: str, root: str) -> str:
    folder, name = os.path.split(path.removesuffix(os.sep))  # which a folder that can't be searched has
    return _prefix(folder, root) + name


@lru_cache
def _prefix(folder: str, root: str) -> str:
    """What stands before the names in a folder."""
    relative = os.path.relpath(folder, root).replace(os.sep, "/")
    return "" if relative == "." else f"{relative}/"


def _read_notebook(
    source: bytes, file: str, *, by_hand: bool, witness: Witness | None, at_first: Callable[[], None] | None
) -> tuple[Target, ...] | Finding:
    from gradaudit.notebooks import NotebookError, OtherLanguageError, code_cells

    try:
        cells = code_cells(source)
    except NotebookError as error:
        return Finding("GA001", str(error), f"{error.help}, or leave it out with exclude", file=file, line=error.line)
    except OtherLanguageError as language:
        if not by_hand:
            return ()
        raise UsageError(f"{file}: is a notebook in {language}; gradaudit audits Python, name other files") from None
    if _MENTION not in source and witness is None:
        return ()
    pieces = [(cell.number, cell.source) for cell in cells]
    return _read_targets(pieces, file, mentioned=_MENTION in source, witness=witness, at_first=at_first)


def _read_targets(
    pieces: Iterable[tuple[int | None, bytes | str]],
    file: str,
    *,
    mentioned: bool,
    witness: Witness | None,
    at_first: Callable[[], None] | None,
) -> tuple[Target, ...] | Finding:
    """The uses in a file's pieces: the cells of a notebook by their numbers, or all of it."""
    from gradaudit.discovery.aliases import Scope
    from gradaudit.discovery.regions import lines_of, region_of
    from gradaudit.discovery.syntax import uses

    scope = Scope({})
    found: list[tuple[int | None, Use, Region]] = []
    trees: list[ast.Module] = []
    for cell, source in pieces:
        tree = _parse(source, file, cell)
        if isinstance(tree, Finding):
            return tree
        trees.append(tree)
        try:
            if mentioned:
                lines = lines_of(source)
                found += [(cell, use, region_of(use.definition, lines)) for use in uses(tree, scope)]
            if found and at_first is not None:
                at_first()
                at_first = None
            if witness is not None:
                witness.see(file, tree, source, cell)
        except RecursionError:
            return _unparsable(file, "it is nested too deeply", cell=cell)
    return _targets(_called(found, trees), file)


def _called(
    found: Sequence[tuple[int | None, Use, Region]], trees: Sequence[ast.Module]
) -> Sequence[tuple[int | None, Use, Region]]:
    """The uses, of which those in functions that importing may call are reached after all."""
    if not any(use.within for _, use, _ in found):
        return found
    from gradaudit.discovery.reach import run_on_import

    called = run_on_import(trees)
    return [
        (cell, use._replace(unreachable="") if use.within in called else use, region) for cell, use, region in found
    ]


def _parse(source: bytes | str, file: str, cell: int | None) -> ast.Module | Finding:
    import ast  # takes as long to import as half an empty Python to start
    import warnings

    if isinstance(source, bytes) and not source.isascii() and (unreadable := _undecodable(source)):
        why, line = unreadable
        help_ = "save it as UTF-8, declare its encoding (# -*- coding: latin-1 -*-), or leave it out with exclude"
        return Finding("GA001", f"can't be parsed: {why}", help_, file=file, line=line)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape sequence in it is not our business
        try:
            tree = ast.parse(source)
            if cell is not None:  # what parses may be no module, such as a `return` outside of a function
                compile(source, file, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        except SyntaxError as error:
            return _unparsable(file, error.msg, error.lineno, cell)
        except (RecursionError, MemoryError):  # CPython's parser has raised either
            return _unparsable(file, "it is nested too deeply", cell=cell)
        except ValueError as error:  # null bytes, before Python 3.12
            return _unparsable(file, str(error), cell=cell)
    return tree


def _undecodable(source: bytes) -> tuple[str, int] | None:
    from gradaudit.declared_encoding import undecodable

    return undecodable(source)


def _unparsable(file: str, why: str, line: int | None = None, cell: int | None = None) -> Finding:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    reads, wrong = ("sources", "file") if cell is None else ("a notebook as a module, its cells", "cell")
    help_ = f"gradaudit reads {reads} as Python {version}; correct the {wrong}, or leave it out with exclude"
    return Finding("GA001", f"can't be parsed: {why}", help_, file=file, line=line or None, cell=cell)


def _targets(found: Sequence[tuple[int | None, Use, Region]], file: str) -> tuple[Target, ...]:
    from gradaudit.records.case import Target  # most files have none

    seen: dict[tuple[str, str | None], int] = {}
    targets = []
    for cell, use, region in found:
        key = use.qualname, use.name
        seen[key] = seen.get(key, 0) + 1
        target = Target(
            file=file,
            line=use.node.lineno,
            end_line=use.node.end_lineno or use.node.lineno,
            definition_line=use.definition_line,
            qualname=use.qualname,
            name=use.name,
            repeats=use.repeats,
            names_vary=use.names_vary,
            timeout=use.timeout,
            ordinal=seen[key],
            cell=cell,
            audited=use.audited,
            region=region,
        )
        finding = _unreachable(target, use.unreachable) if use.unreachable else _misused(target, use.misused)
        targets.append(target if finding is None else target._replace(finding=finding))
    return tuple(targets)


def _misused(target: Target, given: str) -> Finding | None:
    if not given:
        return None
    return Finding(
        "GA004",
        f"@audited_backward({given}) audits {given} and then calls it with {target.qualname}",
        f"write @audited_backward(forward={given}, inputs={{...}})",
        file=target.file,
        line=target.definition_line,
        cell=target.cell,
    )


def _unreachable(target: Target, where: str) -> Finding:
    return Finding(
        "GA002",
        f"{target.qualname} is {where}: importing the module does not run it",
        "move the audit, and what it needs, to module level, or call there what it is in",
        file=target.file,
        line=target.definition_line,
        cell=target.cell,
    )
