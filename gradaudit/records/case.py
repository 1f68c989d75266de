"""What is to run: a use of the decorator, and what the command line and the configuration say about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from gradaudit.records.finding import Finding, Region  # noqa: TC001 - transport reads the types of fields when run
from gradaudit.records.selection import Selection

Mode: TypeAlias = Literal["auto", "elementwise", "directional"]


class Target(NamedTuple):
    """A use of ``audited_backward`` that discovery saw in the source.

    Attributes:
        file: Path relative to the root, with forward slashes.
        line: One-based first line of the ``audited_backward(...)`` call (of the name, for a bare decorator).
        end_line: Its last line.
        definition_line: The line a person would look for: that of the ``def`` or ``class``, else of the call.
        qualname: ``Class.method``, the name that the audit is assigned to, or the name of the audited object.
        name: The text of ``name=`` where the source shows it.
        repeats: Whether it may declare several audits when run (a call inside a loop or a comprehension).
        names_vary: Whether ``name=`` is given but only known when run.
        ordinal: 1 for the first target of this id in its file, 2 for the next, ...
        timeout: The number given as ``timeout=``; read from the source, since it is needed before the code runs.
        finding: Why it can't be run, seen in the source (GA002, ...).
        audited: The dotted names, as its file knows them, that what is audited consists of.
        cell: Of a notebook, the cell that its lines are lines of, counted from 1 over all cells.
        region: From `definition_line` on, ``def`` or ``class`` and the name, or what is called.
    """

    file: str
    line: int
    end_line: int
    definition_line: int
    qualname: str
    name: str | None = None
    repeats: bool = False
    names_vary: bool = False
    ordinal: int = 1
    timeout: float | None = None
    finding: Finding | None = None
    cell: int | None = None
    audited: tuple[str, ...] = ()
    region: Region | None = None

    @property
    def id(self) -> str:
        """``path::qualname`` with ``[name]`` behind it, and ``#2`` where the same id comes a second time."""
        return audit_id(self.file, self.qualname, self.name, self.ordinal)


def audit_id(file: str, qualname: str, name: str | None, ordinal: int = 1) -> str:
    """The name by which an audit is selected, reported and seeded.

    >>> audit_id("src/layers.py", "affine_backward", "wide")
    'src/layers.py::affine_backward[wide]'
    """
    label = f"[{name}]" if name is not None else ""
    return f"{file}::{qualname}{label}" + (f"#{ordinal}" if ordinal > 1 else "")


class Options(NamedTuple):
    """The options of a check that the command line, the audit and the configuration may all set; None where unset."""

    seed: int | None = None
    trials: int | None = None
    mode: Mode | None = None
    dtype: str | None = None
    upcast: bool | None = None
    threshold: float | None = None
    timeout: float | None = None
    device: str | None = None


@dataclass(frozen=True)
class Case:
    """One audit to run: a target and what the command line and the configuration say about it.

    Attributes:
        target: What to run.
        index: Which of the audits that the target declares when run (0 unless it is in a loop).
        forced: Options from the command line; they win over those of the audit.
        defaults: Options from the configuration file; those of the audit win over them.
        keyword: The ``-k`` expression, for audits whose names are only known when run.
        labels: The ``[name]`` labels asked for on the command line, for such audits; empty means all.
        selection: Which rules count.
    """

    target: Target
    index: int = 0
    forced: Options = field(default_factory=Options)
    defaults: Options = field(default_factory=Options)
    keyword: str = ""
    labels: tuple[str, ...] = ()
    selection: Selection = field(default_factory=Selection)
