"""DISCOVER: files → syntax trees → targets. Nothing that is read is imported or run."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field, replace

from gradaudit.discovery.selectors import asked_for, selected
from gradaudit.discovery.source_files import read, source_files
from gradaudit.records import Finding, Target

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping, Sequence

    from gradaudit.configuration import Settings
    from gradaudit.discovery.syntax import Use

# Whatever the alias, the name itself is written once in a file that uses it.
_MENTION = b"audited_backward"


@dataclass(frozen=True)
class Discovery:
    """What was found.

    Attributes:
        targets: In the order of files and lines.
        findings: Files that can't be read or parsed.
        files: How many files were searched.
        labels: Of targets whose audits get their names or number when run, what selectors asked for: the text between
            the brackets, with ``#2`` behind it where the selector has it; a target that is not in it is meant whole.
    """

    targets: tuple[Target, ...] = ()
    findings: tuple[Finding, ...] = ()
    files: int = 0
    labels: Mapping[Target, tuple[str, ...]] = field(default_factory=dict)


def discover(paths: Sequence[str], settings: Settings, start: str = ".") -> Discovery:
    """Find the uses of ``audited_backward``.

    Args:
        paths: Files, folders, or selectors ``path::qualname[name]``, relative to `start`; none means `start` itself.
        settings: Root and excludes.
        start: The working directory.

    Raises:
        UsageError: A path does not exist, or a selector matches nothing.
    """
    asked = asked_for(paths or ["."], os.path.abspath(start))
    files = source_files(list(asked), settings)
    targets: list[Target] = []
    findings: list[Finding] = []
    labels: dict[Target, tuple[str, ...]] = {}
    for path in files:
        found = _search(path, settings.root, named=path in asked)
        if isinstance(found, Finding):
            findings.append(found)
        elif selectors := asked.get(path):
            targets += selected(found, selectors, _relative(path, settings.root), labels)
        else:
            targets += found
    return Discovery(tuple(targets), tuple(findings), len(files), labels)


def _search(path: str, root: str, *, named: bool) -> tuple[Target, ...] | Finding:
    try:
        source = read(path, follow_link=named)
    except FileNotFoundError:
        return ()  # git still lists what was deleted
    except OSError as error:
        if not named and os.path.islink(path):
            return ()
        help_ = "make it readable, or leave it out with exclude"
        return Finding("GA001", f"can't be read: {error.strerror}", help_, file=_relative(path, root))
    if _MENTION not in source:
        return ()
    return _read_targets(source, _relative(path, root))


def _relative(path: str, root: str) -> str:
    return os.path.relpath(path, root).replace(os.sep, "/")


def _read_targets(source: bytes, file: str) -> tuple[Target, ...] | Finding:
    from gradaudit.discovery.syntax import uses

    tree = _parse(source, file)
    if isinstance(tree, Finding):
        return tree
    try:
        return _targets(uses(tree), file)
    except RecursionError:
        return _unparsable(file, "it is nested too deeply")


def _parse(source: bytes, file: str) -> ast.Module | Finding:
    import ast  # takes as long to import as half an empty Python to start
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape sequence in it is not our business
        try:
            return ast.parse(source)
        except SyntaxError as error:
            return _unparsable(file, error.msg, error.lineno)
        except (RecursionError, MemoryError):  # CPython's parser has raised either
            return _unparsable(file, "it is nested too deeply")
        except ValueError as error:  # null bytes, before Python 3.12
            return _unparsable(file, str(error))


def _unparsable(file: str, why: str, line: int | None = None) -> Finding:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    help_ = f"gradaudit reads sources as Python {version}; correct the file, or leave it out with exclude"
    return Finding("GA001", f"can't be parsed: {why}", help_, file=file, line=line or None)


def _targets(found: Sequence[Use], file: str) -> tuple[Target, ...]:
    seen: dict[tuple[str, str | None], int] = {}
    targets = []
    for use in found:
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
        )
        targets.append(replace(target, finding=_unreachable(target, use.unreachable)) if use.unreachable else target)
    return tuple(targets)


def _unreachable(target: Target, where: str) -> Finding:
    return Finding(
        "GA002",
        f"{target.qualname} is {where}: importing the module does not run it",
        "move the audit, and what it needs, to module level",
        file=target.file,
        line=target.definition_line,
    )
