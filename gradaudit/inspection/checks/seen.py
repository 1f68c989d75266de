"""What a check is given, and what it says."""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

    from gradaudit.inspection.declared_audits import DeclaredAudit
    from gradaudit.inspection.hand_written import HandWritten
    from gradaudit.inspection.module import Module
    from gradaudit.inspection.repository import Repository


@dataclass(frozen=True)
class Seen:
    """A module, and what is known of it.

    Attributes:
        module: What it holds.
        repository: All modules, for names that are imported.
        backwards: Its hand-written backward passes; those too that only an audit tells from other functions.
        audits: The audits whose forward or audited definition it holds.
    """

    module: Module
    repository: Repository
    backwards: Sequence[HandWritten] = ()
    audits: Sequence[DeclaredAudit] = ()


@dataclass(frozen=True)
class Mistake:
    """Something that is wrong, at a part of the source.

    Attributes:
        node: That part.
        message: What is wrong.
        help: What to do about it.
        cell: Of a notebook the cell that it is in.
    """

    node: ast.AST
    message: str
    help: str
    cell: int | None = None
