"""One file as the static rules see it: what it defines, what its names stand for, which calls stand where.

A single `traversal` collects all of it; the rules then look at the few definitions that concern them.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from gradaudit.inspection.walk import SCOPES, below

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef
    Loop = ast.For | ast.AsyncFor | ast.While


@dataclass(frozen=True)
class Function:
    """A function or method.

    Attributes:
        node: Its definition.
        qualname: Dotted, with the names of the classes and functions around it.
        owner: The qualified name of the class whose method it is; empty for none.
        outer: That of the function that it is nested in; empty for none.
        cell: Of a notebook the cell that it is in.
    """

    node: AnyFunction
    qualname: str
    owner: str = ""
    outer: str = ""
    cell: int | None = None

    @property
    def name(self) -> str:
        """The last part of its qualified name."""
        return self.node.name

    @property
    def scope(self) -> str:
        """What stands before its name: that of the class or function around it, with a dot, or nothing."""
        return self.qualname[: len(self.qualname) - len(self.name)]

    @cached_property
    def parameters(self) -> list[str]:
        """Names of those that go by position, ``self`` or ``cls`` left out."""
        arguments = [argument.arg for argument in (*self.node.args.posonlyargs, *self.node.args.args)]
        is_bound = bool(self.owner) and "staticmethod" not in self.decorators
        return arguments[1:] if is_bound else arguments

    @cached_property
    def decorators(self) -> list[str]:
        """The dotted names of its decorators, as they are written."""
        return [dotted(each.func if isinstance(each, ast.Call) else each) for each in self.node.decorator_list]

    @property
    def is_written(self) -> bool:
        """Whether it has a body: neither abstract, nor a stub, nor an overload."""
        last = {name.rpartition(".")[2] for name in self.decorators}
        return not last & {"abstractmethod", "overload"} and not self._is_stub

    @property
    def _is_stub(self) -> bool:
        """Whether its body is a docstring, ``...`` or ``pass`` and nothing else, or does nothing but raise."""
        if isinstance(self.node.body[-1], ast.Raise):
            return not any(isinstance(node, ast.Return) for node in below(self.node.body))
        return all(map(_does_nothing, self.node.body))

    @cached_property
    def nodes(self) -> Sequence[ast.AST]:
        """All of its definition, in the order of the source; see `walk.below`."""
        return below([self.node])

    @cached_property
    def own_nodes(self) -> Sequence[ast.AST]:
        """Those of its body, without the inside of functions, lambdas and classes that are defined in it."""
        return below(self.node.body, SCOPES)


@dataclass(frozen=True)
class Class:
    """A class: its definition, its qualified name, the function around it, and the dotted names of its bases."""

    node: ast.ClassDef
    qualname: str
    outer: str
    bases: tuple[str, ...]
    cell: int | None = None


class Call(NamedTuple):
    """A call, and where it stands.

    Attributes:
        node: It.
        name: What is called, dotted as it is written.
        function: The qualified name of the function or lambda around it; empty at module level.
        assigned: The name that its value is assigned to; empty for none.
        loops: The loops around it in the same function, the outermost first.
        cell: Of a notebook the cell that it is in.
        as_script: Whether it runs only when the file is run as a script.
    """

    node: ast.Call
    name: str
    function: str
    assigned: str = ""
    loops: tuple[Loop, ...] = ()
    cell: int | None = None
    as_script: bool = False


class Stored(NamedTuple):
    """An assignment to an item, such as ``rules[primitive] = rule``, and where it stands.

    Attributes:
        node: It.
        name: What has the item, dotted as it is written.
        key: What stands between the brackets.
        function: The qualified name of the function around it; empty at module level.
        cell: Of a notebook the cell that it is in.
    """

    node: ast.Assign
    name: str
    key: ast.expr
    function: str
    cell: int | None = None


@dataclass
class Module:
    """What a file holds.

    Attributes:
        file: Relative to the root, with forward slashes.
        names: What names that are imported, or are another name for something imported, stand for: dotted paths, which
            begin with dots where they are relative.
        stars: What stands before a name that ``import *`` brings: ``"layers."``, ``".layers."`` or ``"."``.
        functions: By qualified name; of several definitions of one name the last.
        classes: By qualified name.
        members: The methods of each class, by their names.
        calls: In the order of the source.
        pairs: By the qualified name of a function the pairs of values that it returns.
        stored: Assignments to items, in the order of the source.
        bound: Every name that a statement or an expression gives a value to, wherever.
        sources: The text of the file, or of each cell, as it was parsed: what columns are counted in.
    """

    file: str
    names: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    functions: dict[str, Function] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    members: dict[str, dict[str, Function]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    pairs: dict[str, list[ast.Tuple]] = field(default_factory=dict)
    stored: list[Stored] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)
    sources: dict[int | None, bytes | str] = field(default_factory=dict)

    def path(self, name: str) -> str:
        """The import path that a dotted name of this module stands for; the name itself where it is not imported."""
        head, dot, rest = name.partition(".")
        return f"{self.names[head]}{dot}{rest}" if head in self.names else name

    def define(self, function: Function) -> None:
        """Add a function, in the place of an earlier one of the same name."""
        self.functions[function.qualname] = function
        self.pairs.pop(function.qualname, None)
        if function.owner:
            self.members.setdefault(function.owner, {})[function.name] = function

    def methods(self, owner: str) -> Mapping[str, Function]:
        """Those of a class, by name."""
        return self.members.get(owner, {})


def dotted(node: ast.AST) -> str:
    """A name or a dotted name as it is written; empty for other expressions.

    >>> dotted(ast.parse("torch.autograd.Function", mode="eval").body)
    'torch.autograd.Function'
    """
    attributes = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(attributes)]) if isinstance(node, ast.Name) else ""


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Return(value=ast.Name(id="NotImplemented" | "NotImplementedError")):
            return True
    return False
