"""One file as the static rules see it: what it defines, what its names stand for, which calls stand where.

A single traversal collects all of it; the rules then look at the few definitions that concern them.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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

    @property
    def parameters(self) -> list[str]:
        """Names of those that go by position, ``self`` or ``cls`` left out."""
        arguments = [argument.arg for argument in (*self.node.args.posonlyargs, *self.node.args.args)]
        is_bound = bool(self.owner) and "staticmethod" not in self.decorators
        return arguments[1:] if is_bound else arguments

    @property
    def decorators(self) -> list[str]:
        """The dotted names of its decorators, as they are written."""
        return [dotted(each.func if isinstance(each, ast.Call) else each) for each in self.node.decorator_list]

    @property
    def is_written(self) -> bool:
        """Whether it has a body: neither abstract, nor a stub, nor an overload."""
        last = {name.rpartition(".")[2] for name in self.decorators}
        return not last & {"abstractmethod", "overload"} and not _is_stub(self.node.body)


@dataclass(frozen=True)
class Class:
    """A class: its definition, its qualified name, the function around it, and the dotted names of its bases."""

    node: ast.ClassDef
    qualname: str
    outer: str
    bases: tuple[str, ...]
    cell: int | None = None


@dataclass(frozen=True)
class Call:
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


@dataclass(frozen=True)
class Stored:
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
        calls: In the order of the source.
        stored: Assignments to items, in the order of the source.
        bound: Every name that a statement or an expression gives a value to, wherever.
        sources: The text of the file, or of each cell, as it was parsed: what columns are counted in.
    """

    file: str
    names: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    functions: dict[str, Function] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    stored: list[Stored] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)
    sources: dict[int | None, bytes | str] = field(default_factory=dict)

    def path(self, name: str) -> str:
        """The import path that a dotted name of this module stands for; the name itself where it is not imported."""
        head, dot, rest = name.partition(".")
        return f"{self.names[head]}{dot}{rest}" if head in self.names else name

    def methods(self, owner: str) -> dict[str, Function]:
        """Those of a class, by name."""
        prefix = f"{owner}."
        return {
            function.name: function
            for qualname, function in self.functions.items()
            if function.owner == owner and qualname.startswith(prefix)
        }


def read_into(module: Module, tree: ast.Module, cell: int | None = None, source: bytes | str = "") -> None:
    """Collect what the rules look at.

    Args:
        module: What was collected from the earlier cells of the same notebook; an empty one for a file.
        tree: Of the file, or of a cell.
        cell: Its number.
        source: What the tree was parsed from.

    Raises:
        RecursionError: The tree is too deep.
    """
    module.sources[cell] = source
    _Reader(module, cell).statements(tree.body, _Place())


def dotted(node: ast.AST) -> str:
    """A name or a dotted name as it is written; empty for other expressions.

    >>> dotted(ast.parse("torch.autograd.Function", mode="eval").body)
    'torch.autograd.Function'
    """
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


# What holds no call, and is most of a tree.
_LEAVES = frozenset({
    ast.Constant, ast.Load, ast.Store, ast.Del, ast.alias, *ast.operator.__subclasses__(),
    *ast.unaryop.__subclasses__(), *ast.cmpop.__subclasses__(), *ast.boolop.__subclasses__(),
})  # fmt: skip
_EXPRESSIONS = (ast.expr, ast.keyword, ast.comprehension)


@dataclass(frozen=True)
class _Place:
    """Where the traversal is."""

    prefix: str = ""
    owner: str = ""
    function: str = ""
    loops: tuple[Loop, ...] = ()
    as_script: bool = False


class _Reader:
    """The traversal. Expressions are searched for calls alone."""

    def __init__(self, module: Module, cell: int | None) -> None:
        self._module, self._cell = module, cell

    def statements(self, body: Iterable[ast.stmt], place: _Place) -> None:
        for statement in body:
            self._statement(statement, place)

    def _statement(self, node: ast.stmt, place: _Place) -> None:
        match node:
            case ast.Import() | ast.ImportFrom():
                self._import(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, place)
            case ast.ClassDef():
                self._class(node, place)
            case ast.For() | ast.AsyncFor() | ast.While():
                self._parts(node, replace(place, loops=(*place.loops, node)))
            case ast.If() if _is_main_guard(node.test):
                self.statements(node.body, replace(place, as_script=True))
                self.statements(node.orelse, place)
            case ast.Assign(targets=[target]):
                self._assignment(node, target, place)
            case _:
                self._parts(node, place)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for bound, path in _imported(node):
            if bound == "*":
                self._module.stars.append(path.removesuffix("*"))
            else:
                self._module.names[bound] = path

    def _parts(self, node: ast.AST, place: _Place, assigned: str = "") -> None:
        """What a statement or an expression consists of."""
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                for child in value:
                    if isinstance(child, ast.AST) and type(child) not in _LEAVES:
                        self._part(child, place, assigned)
            elif isinstance(value, ast.AST) and type(value) not in _LEAVES:
                self._part(value, place, assigned)

    def _part(self, node: ast.AST, place: _Place, assigned: str) -> None:
        if type(node) is ast.Name:  # every third node is one
            if type(node.ctx) is ast.Store:
                self._module.bound.add(node.id)
        elif isinstance(node, _EXPRESSIONS):
            self._expression(node, place, assigned)
        elif isinstance(node, ast.stmt):
            self._statement(node, place)
        else:
            self._parts(node, place)

    def _expression(self, node: ast.AST, place: _Place, assigned: str = "") -> None:
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                self._module.bound.add(node.id)
            return
        if isinstance(node, ast.Call) and (name := dotted(node.func)):
            call = Call(node, name, place.function, assigned, place.loops, self._cell, place.as_script)
            self._module.calls.append(call)
        elif isinstance(node, ast.Lambda):  # its body does not run where it stands
            place = _Place(place.prefix, place.owner, f"{place.prefix}<lambda>")
        self._parts(node, place)

    def _assignment(self, node: ast.Assign, target: ast.expr, place: _Place) -> None:
        name = dotted(target)
        if name and not place.function and (other := dotted(node.value)):  # `Function = torch.autograd.Function`
            self._module.names.setdefault(name, self._module.path(other))
        elif isinstance(target, ast.Subscript) and (holder := dotted(target.value)):
            self._module.stored.append(Stored(node, holder, target.slice, place.function, self._cell))
        self._expression(target, place)
        self._expression(node.value, place, name)

    def _function(self, node: AnyFunction, place: _Place) -> None:
        qualname = place.prefix + node.name
        self._module.functions[qualname] = Function(node, qualname, place.owner, place.function, self._cell)
        for decorator in node.decorator_list:
            self._expression(decorator, place)
        self._parts(node.args, place)
        self.statements(node.body, _Place(f"{qualname}.", "", qualname))

    def _class(self, node: ast.ClassDef, place: _Place) -> None:
        qualname = place.prefix + node.name
        bases = tuple(filter(None, map(dotted, map(_without_subscript, node.bases))))
        self._module.classes[qualname] = Class(node, qualname, place.function, bases, self._cell)
        for decorator in node.decorator_list:
            self._expression(decorator, place)
        self.statements(node.body, _Place(f"{qualname}.", qualname, place.function))


def _without_subscript(base: ast.expr) -> ast.expr:
    """``Layer`` of ``Layer[float]``."""
    return base.value if isinstance(base, ast.Subscript) else base


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            yield bound, alias.name if alias.asname else bound
        return
    start = "." * node.level + (f"{node.module}." if node.module else "")
    for alias in node.names:
        yield alias.asname or alias.name, start + alias.name


def _is_main_guard(test: ast.expr) -> bool:
    """Whether it is ``__name__ == "__main__"``."""
    return isinstance(test, ast.Compare) and any(
        isinstance(node, ast.Constant) and node.value == "__main__" for node in (test.left, *test.comparators)
    )


def _is_stub(body: Sequence[ast.stmt]) -> bool:
    """Whether a body is a docstring, ``...`` or ``pass`` and nothing else, or does nothing but raise."""
    if isinstance(body[-1], ast.Raise):
        return not any(isinstance(node, ast.Return) for statement in body for node in ast.walk(statement))
    return all(_does_nothing(statement) for statement in body)


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Return(value=ast.Name(id="NotImplemented" | "NotImplementedError")):
            return True
    return False
