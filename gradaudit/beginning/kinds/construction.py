"""How the object of an audited class is built, and where it keeps its parameters and their gradients."""

from __future__ import annotations

import ast

from gradaudit.beginning.audit import WIDTH, Missing
from gradaudit.beginning.shapes import Passes, learn
from gradaudit.beginning.shapes.gradient_names import argument_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradaudit.beginning.audit import Expression
    from gradaudit.beginning.kinds.draft import Draft
    from gradaudit.inspection.module import Class, Function, Module

_RANDOM = frozenset({"rng", "generator", "random_state", "random"})
_ROOTS = frozenset({"object", "ABC", "Generic", "Protocol"})
"""Bases whose constructors take nothing."""
_ROOM = WIDTH - len("    make=,")
_SMALLEST = 3
"""Lengths of axes are numbers from here on, each another one, so that a missing transpose can't hide."""


def construct(draft: Draft, owner: str) -> dict[str, int]:
    """Write ``make=`` where the class can't be built without arguments; the lengths of axes that it is given."""
    module = draft.each.module
    found = constructor(module, owner)
    class_ = draft.expression(owner)
    if found is None:
        return {}
    if isinstance(found, str):
        draft.options["make"] = Missing(
            f"the arguments of {owner}, if its base {found} takes any", f"lambda: {class_}()"
        )
        return {}
    required, with_random = _required(found)
    lengths = [name for name in required if name in _lengths(draft, found)]
    numbers = {name: _SMALLEST + place for place, name in enumerate(lengths)}
    open_ = [name for name in required if name not in numbers and name not in _RANDOM]
    if not required and not with_random:
        return {}
    given = [str(numbers[name]) if name in numbers else "rng" if name in _RANDOM else "..." for name in required]
    given += [f"{name}=rng" for name in with_random if name not in required]
    head = "lambda rng:" if "rng" in " ".join(given) else "lambda:"
    text = f"{head} {class_}({', '.join(given)})"
    if len(text) > _ROOM:
        text = f"{head} {class_}(...)"
    what = f"{', '.join(open_)} of {owner}({', '.join(required)})"
    draft.options["make"] = Missing(what, text) if open_ else text
    return numbers


def constructor(module: Module, owner: str) -> Function | str | None:
    """The ``__init__`` of a class or of a base in its file; None for none, a base's name where that is elsewhere."""
    own = module.functions.get(f"{owner}.__init__")
    if own is not None:
        return own
    for base in module.classes[owner].bases if owner in module.classes else ():
        if base.rpartition(".")[2] in _ROOTS:
            continue
        return constructor(module, base) if base in module.classes else base
    return None


def definition_of(found: Function | str | None) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The definition of a constructor, where it is known."""
    return None if found is None or isinstance(found, str) else found.node


def _required(found: Function) -> tuple[list[str], list[str]]:
    """The parameters without a default, and those that take a generator."""
    given = found.node.args
    positional = found.parameters
    required = positional[: len(positional) - len(given.defaults)]
    required += [
        argument.arg for argument, default in zip(given.kwonlyargs, given.kw_defaults, strict=True) if default is None
    ]
    names = [*positional, *(argument.arg for argument in given.kwonlyargs)]
    return required, [name for name in names if name in _RANDOM]


def _lengths(draft: Draft, found: Function) -> set[str]:
    """The parameters of a constructor that are lengths of axes."""
    passes = Passes(found.node, (), functions=draft.functions, has_context=True, constructor=found.node)
    try:
        return set(learn(passes).dimensions)
    except RecursionError:
        return set()


def parameter_gradients(draft: Draft, owner: str, returned: Sequence[str] = ()) -> dict[str, Expression]:
    """``parameters=``: where the object keeps its parameters, and the gradient of each.

    Args:
        draft: Of which audit.
        owner: The class.
        returned: The keys under which a method returns gradients.
    """
    stored = list(dict.fromkeys(path for method in _methods(draft, owner) for path in _stored(method.node)))
    pairs: dict[str, Expression] = {}
    for path in stored:
        parameter = _parameter(path, stored)
        if parameter:
            pairs[parameter] = f'"{path}"'
    for key in returned:
        held = next((path for path in stored if path == key or path.endswith(f".{key}")), "")
        if held:
            pairs[held] = f'"{key}"'
    return pairs


def _parameter(gradient: str, stored: Sequence[str]) -> str:
    """The path whose gradient a path is: ``W`` of ``dW``, ``params.W`` of ``grads.W`` and of ``grads.dW``."""
    holder, _, name = gradient.rpartition(".")
    if not holder:
        return argument_of(name, stored)
    if not any(word in holder.lower() for word in ("grad", "deriv")):
        return ""
    others = {path.rpartition(".")[2]: path for path in stored if "." in path and path.rpartition(".")[0] != holder}
    return others.get(name) or others.get(argument_of(name, others), "")


def _methods(draft: Draft, owner: str) -> list[Function]:
    class_: Class | None = draft.each.module.classes.get(owner)
    bases = [base for base in class_.bases if base in draft.each.module.classes] if class_ is not None else []
    return [method for name in (*bases, owner) for method in draft.each.module.methods(name).values()]


def _stored(function: ast.AST) -> Iterator[str]:
    """What a method stores in its object: ``W``, and ``params.W`` for ``self.params["W"]``."""
    for node in ast.walk(function):
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name
            case ast.Subscript(
                value=ast.Attribute(value=ast.Name(id="self"), attr=name),
                slice=ast.Constant(value=str(key)),
                ctx=ast.Store(),
            ):
                yield f"{name}.{key}"
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=ast.Dict(keys=keys)):
                yield from (f"{name}.{key.value!s}" for key in keys if isinstance(key, ast.Constant))
