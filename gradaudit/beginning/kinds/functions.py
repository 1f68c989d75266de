"""First audits of functions and methods: a backward beside its forward, and a loss that comes with its gradients."""

from __future__ import annotations

from gradaudit.beginning.audit import Missing
from gradaudit.beginning.kinds.construction import construct, constructor, definition_of, parameter_gradients
from gradaudit.beginning.reading import Parameters, unknown_upstreams
from gradaudit.beginning.shapes import Passes
from gradaudit.beginning.shapes.gradient_names import argument_of, returned_keys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradaudit.beginning.audit import Expression
    from gradaudit.beginning.kinds.draft import Draft
    from gradaudit.inspection.module import Function

_KNOWN = frozenset({
    "cache", "ctx", "res", "residuals", "saved", "tape", "out", "output", "ans", "y_hat", "rng", "generator", "key",
    "seed",
})  # fmt: skip
"""Parameters of a backward that are bound by their names."""
_LIKE_UPSTREAM = frozenset({
    "g", "gy", "dy", "dout", "d_out", "dz", "grad", "gradient", "grad_out", "grad_output", "grad_outputs", "upstream",
    "cotangent", "ct",
})  # fmt: skip
"""Names of upstream gradients, which are uncertain where the forward has an argument of that name."""


def audit_of_pair(draft: Draft) -> None:
    """A backward, and the forward of the same module or class."""
    forward, backward = draft.each.forward, draft.each.backward
    assert forward is not None  # noqa: S101 - the form requires both
    assert backward is not None  # noqa: S101 - as above
    if draft.each.order > 1:
        draft.obstacle = f"is {draft.each.kind}: audit it with the gradient as its forward"
        return
    is_method = bool(forward.owner) and "staticmethod" not in forward.decorators
    draft.audited = draft.expression(backward.qualname)
    draft.options["forward"] = f'"{forward.name}"' if is_method else draft.expression(forward.qualname)
    upstreams = upstreams_of(forward, backward)
    has_context = is_method or (forward.parameters[:1] == ["ctx"] == backward.parameters[:1])
    numbers = construct(draft, forward.owner) if is_method else None
    passes = Passes(
        forward.node,
        (),
        backward.node,
        tuple(upstreams),
        draft.functions,
        forward.owner if is_method else "",
        has_context,
        definition_of(constructor(draft.each.module, forward.owner)) if is_method else None,
    )
    reading = draft.draw(passes, Parameters.of(forward.node, after=int(has_context)), numbers)
    if bind := _bound(forward, backward, upstreams):
        draft.options["bind"] = bind
    draft.differentiate(reading, backward.node)


def audit_of_score(draft: Draft) -> None:
    """A score beside the likelihood whose gradient it is; others are Jacobians, of functions that nothing names."""
    forward, backward = draft.each.forward, draft.each.backward
    if forward is None or backward is None or (forward.name, backward.name) != ("loglike", "score"):
        draft.obstacle = f"is {draft.each.kind}: audit it with the function whose Jacobian it is as forward"
        return
    audit_of_pair(draft)


def audit_of_argument(draft: Draft) -> None:
    """A derivative that a solver is given, where its forward can be named too."""
    forward, backward = draft.each.forward, draft.each.backward
    if forward is None or backward is None or forward.outer or forward.owner != backward.owner:
        draft.obstacle = f"is {draft.each.kind}: audit it with that function as forward"
        return
    audit_of_pair(draft)


def _bound(forward: Function, backward: Function, upstreams: list[str]) -> dict[str, Expression]:
    """``bind=`` for parameters that their names leave uncertain."""
    meant = f'an argument of {forward.name}, "upstream", "cache" or "output"'
    unknown = unknown_upstreams(upstreams)
    bind: dict[str, Expression] = {name: Missing(f"what {name} of {backward.name} is: {meant}") for name in unknown}
    for name in backward.parameters:
        if name in _LIKE_UPSTREAM and name in forward.parameters:
            bind[name] = f'"{name}"' if upstreams else Missing(f"what {name} of {backward.name} is: {meant}")
    return bind


def upstreams_of(forward: Function, backward: Function) -> list[str]:
    """The parameters of a backward that are upstream gradients by the rules of binding: those that are left over."""
    arguments = backward.node.args
    own = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    with_default = set(own[len(own) - len(arguments.defaults) :]) if arguments.defaults else set()
    names = {argument.arg for argument in (*forward.node.args.args, *forward.node.args.kwonlyargs)}
    return [name for name in backward.parameters if name not in names | with_default | _KNOWN]


def audit_of_loss(draft: Draft) -> None:
    """A function or method that returns a loss and its gradients, if it is asked for these or always."""
    function = draft.each.backward
    assert function is not None  # noqa: S101 - the form requires it
    is_method = bool(function.owner) and "staticmethod" not in function.decorators
    draft.audited = draft.expression(function.qualname)
    numbers = construct(draft, function.owner) if is_method else None
    passes = Passes(
        function.node,
        (),
        functions=draft.functions,
        owner=function.owner if is_method else "",
        has_context=is_method,
        constructor=definition_of(constructor(draft.each.module, function.owner)) if is_method else None,
        returns_both=True,
    )
    reading = draft.draw(passes, Parameters.of(function.node, after=int(is_method)), numbers)
    drawn = draft.options.get("inputs")
    if draft.each.flag and isinstance(drawn, dict):
        drawn[draft.each.flag] = "True"
    if is_method and (pairs := parameter_gradients(draft, function.owner, returned_keys(function.node, 1))):
        keys = returned_keys(function.node, 1)
        arguments = reading.arguments if reading is not None else {}
        inputs = [name for name in arguments if any(argument_of(key, [name]) for key in keys)]
        draft.options["parameters"] = pairs
        draft.options["wrt"] = f"[{', '.join(f'{name!r}' for name in (*inputs, *pairs))}]".replace("'", '"')
        return
    draft.differentiate(reading, function.node, 1)
