"""Which parameters of a backward are upstream gradients, for certain."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradaudit.inspection.hand_written import HandWritten
    from gradaudit.inspection.module import AnyFunction

_UPSTREAM = re.compile(
    r"d_?(?:out(?:puts?)?|o|y|z|h|c|a)|d_?l_?d_?(?:out(?:puts?)?|y|z|o)|d?upstream(?:_?grad\w*)?|cotangents?|ct|g[yz]"
    r"|(?:grad(?:ient)?s?|d)_?(?:of_?)?(?:out(?:puts?)?|output_?grad|y|z|top|upstream)|(?:out(?:puts?)?|y|z|top)_?grad\w*"
    r"|top_?diff",
    re.IGNORECASE,
)
# Certain in a layer, whose backward takes nothing else; elsewhere a step size, a threshold, or an array to write to.
_IN_LAYERS = re.compile(r"g|grads?|gradients?|delta|deltas|d_?loss|grad_\w+|\w+_grad", re.IGNORECASE)
DECLARED = "an audited function"
"""The kind of a backward that only its audit tells from other functions: its binding says what is upstream."""
_BY_CONTRACT = ("a torch.autograd.Function", "a custom operator")


def upstreams_of(each: HandWritten) -> tuple[str, ...]:
    """Their names, without those that have a default.

    A framework says by its contract what they are; elsewhere their names have to.
    """
    if each.backward is None:
        return ()
    names = [name for name in each.backward.parameters if name not in _with_default(each.backward.node)]
    if each.kind in _BY_CONTRACT:
        found = tuple(names[1:])
    elif each.kind == "a jax.custom_vjp rule":
        found = _of_vjp(each, names)
    elif each.upstreams:
        found = tuple(
            name for name in each.upstreams
            if name in names and (each.kind == DECLARED or _UPSTREAM.fullmatch(name) or _IN_LAYERS.fullmatch(name))
        )  # fmt: skip
    else:
        others = each.forward.parameters if each.forward is not None else []
        found = tuple(name for name in names if _UPSTREAM.fullmatch(name) and name not in others)
    return found


def _of_vjp(each: HandWritten, names: list[str]) -> tuple[str, ...]:
    """The last parameter of ``bwd(res, g)``; what is decorated itself is the function and not its rule."""
    is_rule = each.backward is not None and (each.forward is None or each.backward.node is not each.forward.node)
    return tuple(names[-1:]) if is_rule and len(names) > 1 else ()


def _with_default(function: AnyFunction) -> set[str]:
    arguments = [*function.args.posonlyargs, *function.args.args]
    count = len(function.args.defaults)
    return {argument.arg for argument in arguments[len(arguments) - count :]} if count else set()
