"""BASELINE: the findings that are known, in a file of JSON, so that a build fails on new ones alone.

An entry has no line number: see `gradaudit.records.Known`. What keeps an audit from running is never known: rules GA0xx
are not about the gradient, and while they stand nothing is.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace

from gradaudit.errors import UsageError
from gradaudit.records.report import Known
from gradaudit.rules import STATIC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradaudit.decided import Decided
    from gradaudit.records.case import Target
    from gradaudit.records.finding import Finding
    from gradaudit.records.outcome import Outcome

SCHEMA = 1
"""Version of the file's format; a change that an older gradaudit would misread raises it."""

_NEVER_KNOWN = "GA0"
_JUDGED = frozenset({"passed", "failed", "inconclusive", "error"})
_KNOWN_AUDIT = "all that is wrong with it is in the baseline"


@dataclass(frozen=True)
class Baseline:
    """Findings that are known.

    Attributes:
        entries: What the file has.
        takes_all: Whether every finding is known from now on, since the file is to be written.
    """

    entries: frozenset[Known] = frozenset()
    takes_all: bool = False

    def marked(self, outcome: Outcome) -> Outcome:
        """An audit whose findings know whether they are known; where all that failed it are, it failed as expected."""
        if outcome.verdict not in _JUDGED:
            return outcome
        findings = tuple(self.marked_finding(finding, outcome) for finding in outcome.findings)
        if findings == outcome.findings:
            return outcome
        if outcome.verdict == "failed" and all(finding.ignored for finding in findings):
            return replace(outcome, findings=findings, verdict="xfailed", reason=_KNOWN_AUDIT)
        return replace(outcome, findings=findings)

    def marked_finding(self, finding: Finding, outcome: Outcome | None = None) -> Finding:
        """A finding that knows whether it is known.

        Args:
            finding: One that is judged.
            outcome: That of its audit; None for one outside audits.
        """
        if finding.ignored or finding.code.startswith(_NEVER_KNOWN) or (outcome is None and finding.file is None):
            return finding
        if self.takes_all or key_of(finding, outcome) in self.entries:
            return finding._replace(ignored="baseline")
        return finding


def key_of(finding: Finding, outcome: Outcome | None = None) -> Known:
    """What a baseline knows a finding by.

    >>> from gradaudit.records.finding import Finding
    >>> key_of(Finding("GA101", "no audit names it", file="ops.py", line=7, qualname="relu_backward"))
    Known(path='ops.py', name='relu_backward', code='GA101', gradient='')
    """
    if outcome is None:
        return Known(finding.file or "", finding.qualname, finding.code, finding.gradient or "")
    return Known(outcome.file, _name(outcome), finding.code, finding.gradient or "")


def keys_of(finding: Finding, outcome: Outcome | None = None) -> set[Known]:
    """What a baseline knows a finding by, and what the source shows of it: a list, which proves nothing, finds that."""
    return {key_of(finding, outcome), *map(key_of, finding.in_source)}


def _name(outcome: Outcome) -> str:
    return outcome.id.removeprefix(f"{outcome.file}::")


def stale(entries: Iterable[Known], found: Iterable[Known], decided: Decided, root: str) -> list[Known]:
    """The entries that match nothing any more, of those that a run can tell it of, sorted.

    Args:
        entries: A baseline's.
        found: What the run found, whether it counts or not.
        decided: What the run can tell.
        root: What paths are relative to.
    """
    present = set(found)
    return sorted(each for each in entries if each not in present and _is_judged(each, decided, root))


def _is_judged(entry: Known, decided: Decided, root: str) -> bool:
    """Whether a finding of this kind would have been found: its audit was checked, or is gone."""
    if not os.path.exists(os.path.join(root, entry.path)):
        return True
    if entry.code in STATIC:
        return entry.code in decided.codes and decided.is_whole(entry.path)
    named = [target for target in decided.targets if target.file == entry.path and _may_be(entry, target)]
    if not named:
        return decided.is_whole(entry.path)
    return all(map(decided.is_decided, named))


def _may_be(entry: Known, target: Target) -> bool:
    """Whether an entry may be about an audit of a target; one in a loop has its names when it runs."""
    name = target.id.removeprefix(f"{target.file}::")
    if not target.repeats and not target.names_vary:
        return entry.name == name
    return entry.name == target.qualname or entry.name.startswith((f"{target.qualname}[", f"{target.qualname}#"))


def read(path: str, option: str) -> frozenset[Known]:
    """The entries of a file.

    Args:
        path: Absolute.
        option: What named it, for messages.

    Raises:
        UsageError: It is missing, can't be read, or is no baseline of this format.
    """
    remedy = f"write it anew: delete it, then gradaudit scan --write-baseline {path}"
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except FileNotFoundError:
        raise UsageError(
            f"{option}: there is no file {path}; write it: gradaudit scan --write-baseline {path}"
        ) from None
    except OSError as error:
        raise UsageError(f"{option}: {path} can't be read: {error.strerror or error}; name another file") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{option}: {path} is not JSON: {error}; {remedy}") from None
    version = document.get("schema") if isinstance(document, dict) else None
    if isinstance(version, int) and version != SCHEMA:
        raise UsageError(f"{option}: {path} has schema {version}, this gradaudit reads {SCHEMA}; {remedy}")
    entries = document.get("findings") if type(version) is int else None
    if not isinstance(entries, list) or not all(map(_is_entry, entries)):
        raise UsageError(f"{option}: {path} is no baseline of gradaudit; {remedy}")
    return frozenset(Known(**entry) for entry in entries)


def _is_entry(entry: object) -> bool:
    if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
        return False
    return {"path", "name", "code"} <= set(entry) <= {"path", "name", "code", "gradient"}


def written(entries: Iterable[Known]) -> str:
    """The text of a file: sorted, so that two runs that find the same write the same.

    >>> print(written([Known("ops.py", "relu_backward", "GA201", "x")]), end="")
    {
      "schema": 1,
      "findings": [
        {"path": "ops.py", "name": "relu_backward", "code": "GA201", "gradient": "x"}
      ]
    }
    """
    lines = [json.dumps(_plain(entry)) for entry in sorted(set(entries))]
    inner = "[\n    " + ",\n    ".join(lines) + "\n  ]" if lines else "[]"
    return f'{{\n  "schema": {SCHEMA},\n  "findings": {inner}\n}}\n'


def _plain(entry: Known) -> dict[str, str]:
    plain = {"path": entry.path, "name": entry.name, "code": entry.code}
    return plain | ({"gradient": entry.gradient} if entry.gradient else {})
