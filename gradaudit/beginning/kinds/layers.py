"""First audits of layer classes."""

from __future__ import annotations

from gradaudit.beginning.kinds.construction import construct, constructor, definition_of, parameter_gradients
from gradaudit.beginning.reading import Parameters
from gradaudit.beginning.shapes import Passes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradaudit.beginning.kinds.draft import Draft


def audit_of_layer(draft: Draft) -> None:
    """An object with a forward and a backward; its parameters are checked beside its input."""
    forward, backward, owner = draft.each.forward, draft.each.backward, draft.each.qualname
    assert forward is not None  # noqa: S101 - the form requires both
    assert backward is not None  # noqa: S101 - as above
    is_object = "staticmethod" not in forward.decorators
    draft.audited = draft.expression(owner if backward.name == "backward" else backward.qualname)
    if forward.name != "forward" or backward.name != "backward":
        draft.options["forward"] = f'"{forward.name}"'
    numbers = construct(draft, owner) if is_object else None
    passes = Passes(
        forward.node,
        (),
        backward.node,
        draft.each.upstreams,
        draft.functions,
        owner,
        is_object,
        definition_of(constructor(draft.each.module, owner)) if is_object else None,
    )
    reading = draft.draw(passes, Parameters.of(forward.node, after=int(is_object)), numbers)
    if is_object and (pairs := parameter_gradients(draft, owner)):
        draft.options["parameters"] = pairs
    draft.differentiate(reading, backward.node)
