"""What a backward pass has done by others in its module: helpers, and Triton kernels."""

from __future__ import annotations

import ast
from dataclasses import replace

from gradaudit.inspection.module import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradaudit.inspection.hand_written import HandWritten
    from gradaudit.inspection.module import Function, Module

_OPERATORS = "torch.ops."
_DEFINITIONS_OF_OPERATORS = frozenset({"custom_op", "triton_op"})


def is_kernel(function: Function, module: Module) -> bool:
    """Whether a function is a Triton kernel: it runs on a GPU, launched by a function that can be audited."""
    return any(module.path(name).startswith("triton.") for name in function.decorators)


def joined(found: Sequence[HandWritten], module: Module) -> list[HandWritten]:
    """Backward passes that stand for themselves, each with the names of its helpers and of the kernels it launches."""
    functions = {each.backward.qualname for each in found if each.backward is not None}
    called = {each.qualname: _called(each.backward, module, functions) for each in found}
    served: dict[str, list[HandWritten]] = {}
    for each in found:
        callers = [caller for caller in found if each.qualname in called[caller.qualname] and caller is not each]
        if len(callers) != 1 or callers[0].qualname in called[each.qualname]:  # two that call each other both stand
            continue
        if _serves(each, callers[0], called[callers[0].qualname] & functions):
            served.setdefault(callers[0].qualname, []).append(each)
    gone = {each.qualname for helpers in served.values() for each in helpers}
    return [_with(each, served, called, module) for each in found if each.qualname not in gone]


def _serves(helper: HandWritten, caller: HandWritten, called: set[str]) -> bool:
    """Whether a function is a part of its only caller: a private one, or all that a rule or a layer consists of.

    What a backward of several layers calls, such as those of its parts, has forwards of its own to be audited with.
    """
    if not _is_function(helper) or caller.qualname == helper.qualname:
        return False
    return helper.qualname.rpartition(".")[2].startswith("_") or (not _is_function(caller) and len(called) == 1)


def _is_function(each: HandWritten) -> bool:
    """Whether it is found by the function itself, and not by what that is registered for or belongs to."""
    return each.backward is not None and each.backward.qualname == each.qualname


def _with(
    each: HandWritten, served: dict[str, list[HandWritten]], called: dict[str, set[str]], module: Module
) -> HandWritten:
    """A backward pass with the names and kernels of its helpers, and of theirs."""
    parts = [each]
    for part in parts:
        parts += (helper for helper in served.get(part.qualname, ()) if helper not in parts)
    reached = {name for part in parts for name in called[part.qualname]}
    kernels = sorted(name for name in reached if is_kernel(module.functions[name], module))
    return replace(each, names=frozenset().union(*(part.names for part in parts)), kernels=tuple(kernels))


def _called(backward: Function | None, module: Module, backwards: set[str]) -> set[str]:
    """The functions of the module that a backward calls, and those that these call unless they are backwards."""
    if backward is None:
        return set()
    near = set(callees(backward, module))
    return near.union(*(callees(module.functions[name], module) for name in near - backwards))


def callees(function: Function, module: Module) -> Iterator[str]:
    """The qualified names of the module's functions that a function calls, or launches as kernels."""
    for node in function.nodes:
        if not isinstance(node, ast.Call):
            continue
        launched = node.func.value if isinstance(node.func, ast.Subscript) else node.func  # `kernel[grid](...)`
        name = dotted(launched)
        if module.path(name).startswith(_OPERATORS):
            name = _of_operator(module.path(name), module)
        own = f"{function.owner}.{name.partition('.')[2]}" if name.startswith(("self.", "cls.")) else name
        if own in module.functions and own != function.qualname:
            yield own


def _of_operator(path: str, module: Module) -> str:
    """The function under ``@torch.library.custom_op("ns::name")`` that ``torch.ops.ns.name`` calls; empty for none."""
    namespace, _, name = path.removeprefix(_OPERATORS).partition(".")
    operator = f"{namespace}::{name.removesuffix('.default')}"
    return next((each.qualname for each in module.functions.values() if operator in _operators_of(each)), "")


def _operators_of(function: Function) -> Iterator[object]:
    """The names of the operators that a function is made into."""
    for decorator in function.node.decorator_list:
        match decorator:
            case ast.Call(args=[ast.Constant(value=name), *_]):
                if dotted(decorator.func).rpartition(".")[2] in _DEFINITIONS_OF_OPERATORS:
                    yield name
