"""What is wrong, and where."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]
Ignorer: TypeAlias = Literal["", "default", "unselected", "selection", "comment", "baseline"]


class Finding(NamedTuple):
    """One thing that is wrong, at one place.

    Attributes:
        code: The rule's stable code, such as ``"GA201"``.
        message: What is wrong, in one sentence; may be followed by lines with details.
        help: What to do about it; empty when there is nothing to add.
        gradient: The dotted name of the gradient it is about, when it is about one.
        file: The file it is about, relative to the root with forward slashes; for findings outside an audit.
        line: One-based line in `file`.
        details: Text to show as it is below the message, such as a traceback of the audited code.
        factor: Of a scaled gradient: analytic = factor × numeric.
        cell: Of a notebook, the cell that `line` is a line of, counted from 1 over all cells.
        column: One-based first column in `line`, in characters, where the finding is about a part of the source.
        end_line: The last line of that part.
        end_column: The column behind its last character.
        qualname: Outside an audit, the dotted name of the function or class that it is about; empty for none.
        ignored: Why it fails nothing: its rule is not selected by default and nothing says more, others are selected,
            it is ignored by name, a comment ignores it, or it is in the baseline; empty where it counts, and before it
            is judged.
        in_source: What the source alone shows of the same mistake, where a run has proved it; the first of them is at
            `file` and `line`.
    """

    code: str
    message: str
    help: str = ""
    gradient: str | None = None
    file: str | None = None
    line: int | None = None
    details: str = ""
    factor: float | None = None
    cell: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    qualname: str = ""
    ignored: Ignorer = ""
    in_source: tuple[Finding, ...] = ()

    @property
    def region(self) -> Region | None:
        """The part of the source that it is about; None where it is about none, or only about a line."""
        if self.column is None or self.end_line is None or self.end_column is None:
            return None
        return Region(self.column, self.end_line, self.end_column)


class Region(NamedTuple):
    """The part of a source that a finding is shown at, on from a line that is known.

    Attributes:
        column: One-based first column, in characters.
        end_line: The last line.
        end_column: The column behind its last character.
    """

    column: int
    end_line: int
    end_column: int
