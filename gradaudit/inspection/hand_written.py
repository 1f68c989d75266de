"""A hand-written backward pass, as the source shows it."""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast

    from gradaudit.inspection.module import Function, Module


@dataclass(frozen=True)
class HandWritten:
    """One backward pass, which one audit would cover.

    Attributes:
        module: Where it is.
        qualname: The name that is shown, and that an audit would name.
        node: What a finding about it points at.
        kind: What it is, in words: ``"autograd.Function"``, ``"custom_vjp rule"``, ...
        names: The qualified names by which an audit may name it: any of them covers it.
        cell: Of a notebook the cell that it is in.
        backward: The function that computes the gradients, where it is one.
        forward: The function whose gradient it is, where it is known.
        upstreams: The parameters of the backward that are upstream gradients, as far as they are certain.
        order: Of which order the derivative is.
        flag: The parameter that asks for the gradient, where it is not returned always.
        kernels: The qualified names of the Triton kernels that it launches.
        form: The name of the form that saw it, a function of `gradaudit.inspection.forms`.
    """

    module: Module
    qualname: str
    node: ast.AST
    kind: str
    names: frozenset[str]
    cell: int | None = None
    backward: Function | None = None
    forward: Function | None = None
    upstreams: tuple[str, ...] = ()
    order: int = 1
    flag: str = ""
    kernels: tuple[str, ...] = ()
    form: str = ""

    @property
    def place(self) -> tuple[int, int]:
        """Line and column."""
        return getattr(self.node, "lineno", 1), getattr(self.node, "col_offset", 0)
