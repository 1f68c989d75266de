"""What in a function's text says that it computes gradients by itself, whatever it is called."""

from __future__ import annotations

import ast
import re

from gradaudit.inspection.module import dotted
from gradaudit.inspection.naming import is_derivative, is_gradient, is_upstream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.inspection.module import Function, Module

# Who calls one of these has the gradients computed by somebody else.
_DIFFERENTIATION = frozenset({
    "value_and_grad", "vjp", "jvp", "jacfwd", "jacrev", "jacobian", "hessian", "linearize", "linear_transpose",
    "elementwise_grad", "make_vjp", "make_jvp", "approx_fprime", "approx_derivative", "approx_fprime_cs",
    "numerical_gradient", "numerical_grad", "closure", "approx_hess", "approx_hess1", "approx_hess2", "approx_hess3",
    "approx_hess_cs", "approx_fhess_p",
})  # fmt: skip
# Nor is it different where the name says how: `self._score_complex_step(params)` of a base class.
_NUMERICAL = ("complex_step", "finite_difference", "finite_diff", "numdiff")
_PROGRAM = re.compile(r"\w*graph\w*\.replay|(?:.*\.)?eval_jaxpr|(?:.*\.)?fx\.Interpreter")
# Registered for shapes and types alone, or as an object of a compiler that is about to call it.
_SHAPES_ONLY = frozenset({"register_meta", "register_fake", "impl_abstract", "def_abstract_eval", "fake_impl"})


def computes_gradients(backward: Function, forward: Function, module: Module) -> bool:
    """Whether a function that is called like the backward of another one is one.

    A backward takes an upstream gradient or speaks of gradients inside; what goes backward in a graph, a text or a
    Markov chain does neither.
    """
    if not backward.is_written or is_for_shapes(backward) or differentiates(backward, module):
        return False
    if is_derivative(backward.name):
        return _is_at_same_point(backward, forward) and _returns_something_new(backward)
    taken = parameters(backward) - parameters(forward)
    return any(map(is_upstream, taken)) or any(
        is_gradient(name) for name in identifiers(backward) if name not in module.names
    )


def _is_at_same_point(derivative: Function, forward: Function) -> bool:
    """Whether a derivative takes what its forward takes: that of a spline takes the order, and is another spline."""
    if derivative.owner and derivative.name.endswith("_prime"):  # of methods it is a mark in what they print or read
        return False
    at, of = derivative.parameters, forward.parameters
    is_of_all = "grad" in derivative.name and len(at) == len(of)  # `grad(self, x)` beside `fn(self, z)`
    return at[:1] == of[:1] or is_of_all or any(map(is_gradient, at))


def _returns_something_new(function: Function) -> bool:
    """Whether it gives back more than what it, or its object, was given; in place it gives back nothing at all."""
    values = [node.value for node in function.nodes if isinstance(node, ast.Return)]
    return not values or not all(isinstance(value, (ast.Attribute, ast.Constant)) for value in values)


def parameters(function: Function) -> set[str]:
    """The names of all of them, but for ``self`` or ``cls``."""
    arguments = function.node.args
    others = (*arguments.kwonlyargs, *filter(None, (arguments.vararg, arguments.kwarg)))
    return {*function.parameters, *(argument.arg for argument in others)}


def identifiers(function: Function) -> Iterator[str]:
    """The names that a function uses, and the keys it looks up: ``self.grads["dW"]``."""
    for node in function.nodes:
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.Subscript(slice=ast.Constant(value=str(name))):
                yield name


def is_for_shapes(function: Function) -> bool:
    """Whether it makes results of the right shapes, which hold no values."""
    return any(name.rpartition(".")[2] in _SHAPES_ONLY for name in function.decorators)


def differentiates(function: Function, module: Module) -> bool:
    """Whether automatic or numerical differentiation computes the gradients for it."""
    return any(
        _is_differentiation(node, name, module)
        for node in function.nodes
        if isinstance(node, ast.Call) and (name := dotted(node.func))
    )


def _is_differentiation(call: ast.Call, name: str, module: Module) -> bool:
    owner, _, last = name.rpartition(".")
    if last.endswith(_NUMERICAL) or "approx_fprime" in last:
        return True
    if owner in {"self", "cls"} or name in module.functions:
        return False
    if last == "backward":  # `loss.backward()`; a layer's own takes an upstream gradient
        return not (call.args or call.keywords) or module.path(name).startswith("torch.autograd")
    if last == "grad":  # `jax.grad(f)`, `torch.autograd.grad`, or one that is imported by its name
        return name in module.names or module.path(name).startswith(("jax.", "autograd.", "torch.", "mlx."))
    if last == "gradient":
        return "tape" in owner.lower()
    return last in _DIFFERENTIATION or module.path(name).startswith("numdifftools.")


def replays(function: Function) -> bool:
    """Whether a backward runs a program that it is given: a recorded CUDA graph, a traced graph, a jaxpr.

    Whoever made that program made the gradient.
    """
    calls = (node.func for node in function.nodes if isinstance(node, ast.Call))
    return any(_PROGRAM.fullmatch(dotted(each)) for each in calls)


def makes(function: Function, gradient: str) -> bool:
    """Whether a function computes a value of that name: ``loss, grad = compute(w)`` alone hands on what others have."""
    found = False
    for node in function.nodes:
        match node:
            case ast.Assign(targets=targets, value=value):
                found |= any(_holds(target, gradient) for target in targets) and not (
                    isinstance(targets[0], ast.Tuple) and isinstance(value, ast.Call)
                )
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                found |= _holds(target, gradient)
    return found


def _holds(target: ast.expr, name: str) -> bool:
    return any(dotted(node).rpartition(".")[2] == name for node in ast.walk(target))
