"""First audits of what a framework differentiates by a rule of its user's."""

from __future__ import annotations

import ast

from gradaudit.beginning.audit import Missing
from gradaudit.beginning.reading import Parameters
from gradaudit.beginning.shapes import Passes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradaudit.beginning.kinds.draft import Draft
    from gradaudit.inspection.module import Function


def audit_of_torch_function(draft: Draft) -> None:
    """A subclass of `torch.autograd.Function`: its inputs are called as its forward calls them after ``ctx``."""
    forward, backward = draft.each.forward, draft.each.backward
    draft.audited = draft.expression(draft.each.qualname)
    if forward is None or backward is None:
        draft.options["inputs"] = Missing(f"how the arguments of {draft.each.qualname} are drawn")
        return
    has_context = f"{draft.each.qualname}.setup_context" not in draft.each.module.functions
    passes = Passes(forward.node, (), backward.node, draft.each.upstreams, draft.functions, has_context=has_context)
    reading = draft.draw(passes, Parameters.of(forward.node, after=int(has_context)))
    draft.differentiate(reading, backward.node)


def audit_of_rule(draft: Draft) -> None:
    """A function that has a rule: it is audited by itself."""
    function = _function(draft)
    name = draft.each.qualname
    if function is None and name not in draft.each.module.functions and "::" in name:
        draft.obstacle = f"is an operator without a function of its own: audit torch.ops.{name.replace('::', '.')}"
        return
    draft.audited = draft.expression(function.qualname if function is not None and "::" in name else name)
    if function is None:
        draft.options["inputs"] = Missing(f"how the arguments of {name} are drawn")
        return
    passes = Passes(function.node, (), functions=draft.functions)
    draft.draw(passes, Parameters.of(function.node))
    inputs = draft.options["inputs"]
    for place in _constants(function):
        if isinstance(inputs, dict) and place < len(function.parameters) and function.parameters[place] in inputs:
            what = f"what {function.parameters[place]} is, which nondiff_argnums says to be no array: a constant"
            inputs[function.parameters[place]] = Missing(what)


def audit_of_primitive(draft: Draft) -> None:
    """A rule of a JAX primitive: what can be called with arrays is a function that binds the primitive."""
    draft.obstacle = "is a JAX primitive: audit a function that binds it"


def _constants(function: Function) -> list[int]:
    """The places of parameters that a decorator's ``nondiff_argnums`` names."""
    keywords = [keyword for node in function.node.decorator_list for keyword in getattr(node, "keywords", ())]
    given = [keyword.value for keyword in keywords if keyword.arg == "nondiff_argnums"]
    numbers = [node.value for value in given for node in ast.walk(value) if isinstance(node, ast.Constant)]
    return [number for number in numbers if isinstance(number, int)]


def _function(draft: Draft) -> Function | None:
    """The forward: what is decorated, what ``f = custom_vjp(g)`` is made of, or the function of a named operator."""
    functions = draft.each.module.functions
    if draft.each.forward is not None:
        return draft.each.forward
    node = draft.each.node
    first = node.args[0] if isinstance(node, ast.Call) and node.args else None
    if isinstance(first, ast.Name) and draft.each.kind != "a custom operator":
        return functions.get(first.id)
    return next((function for function in functions.values() if _is_operator(function, draft.each.qualname)), None)


def _is_operator(function: Function, name: str) -> bool:
    return any(
        isinstance(decorator, ast.Call)
        and bool(decorator.args)
        and isinstance(decorator.args[0], ast.Constant)
        and decorator.args[0].value == name
        for decorator in function.node.decorator_list
    )
