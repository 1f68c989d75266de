"""GA103 of an audited function: as many gradients as inputs that are differentiated, or as the forward's arguments."""

from __future__ import annotations

import ast

from gradaudit.inspection.checks.bodies import returned
from gradaudit.inspection.checks.counting import elements
from gradaudit.inspection.checks.seen import Mistake
from gradaudit.inspection.module import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gradaudit.inspection.declared_audits import DeclaredAudit
    from gradaudit.inspection.module import Function

_FLOATING = frozenset({
    "normal", "uniform", "positive", "probabilities", "positive_definite", "orthogonal", "away_from",
})  # fmt: skip
_NOT_DIFFERENTIATED = frozenset({"one_hot", "integers", "boolean", "permutation", "constant"})
# With any of these another form of result is audited, or it is not run as it stands.
_OTHER_FORMS = frozenset({"returns", "order", "make", "parameters", "framework", "skip", "xfail"})


def declared_gradient_count(audit: DeclaredAudit) -> Iterator[Mistake]:
    """The return statement whose tuple fits neither `wrt` nor the forward's arguments, where all tuples are like it."""
    backward, forward = audit.audited, audit.forward
    if backward is None or forward is None or backward.node is forward.node or _OTHER_FORMS & audit.options.keys():
        return
    if len(backward.node.decorator_list) > 1 or forward.node.decorator_list or backward.owner or forward.owner:
        return
    accepted = _accepted(audit.options, forward)
    statements = returned(backward)
    counts = [_count(statement) for statement in statements]
    if not accepted or not counts or any(count is None or count in accepted for count in counts):
        return
    expected = " or ".join(map(str, sorted(accepted)))
    yield Mistake(
        statements[0],
        f"{backward.qualname} returns {counts[0]} gradients, where {expected} would fit",
        "return one for each input that is differentiated, in the order of wrt or of inputs, or name them in a mapping",
        backward.cell,
    )


def _count(statement: ast.Return) -> int | None:
    found = elements(statement.value) if statement.value is not None else None
    return None if found is None else len(found)


def _accepted(options: Mapping[str, ast.expr], forward: Function) -> set[int]:
    """How many elements a tuple may have; nothing where the source leaves it open."""
    inputs = options.get("inputs")
    given = forward.node.args
    if not isinstance(inputs, ast.Dict) or given.vararg or given.kwarg:
        return set()
    if any(isinstance(value, (ast.Dict, ast.List, ast.Tuple, ast.Set)) for value in inputs.values):
        return set()  # a container's own shape may be that of the tuple
    wanted = _differentiated(options.get("wrt"), inputs)
    return set() if wanted is None else {wanted, len(inputs.keys), len(given.posonlyargs + given.args)}


def _differentiated(wrt: ast.expr | None, inputs: ast.Dict) -> int | None:
    """How many inputs are."""
    match wrt:
        case None | ast.Constant(value=None):
            kinds = [_is_differentiated(value) for value in inputs.values]
            return None if None in kinds or None in inputs.keys else sum(map(bool, kinds))
        case ast.Constant(value=str()):
            return 1
        case ast.Tuple(elts=names) | ast.List(elts=names):
            return len(names) if all(isinstance(name, ast.Constant) for name in names) else None
    return None


def _is_differentiated(value: ast.expr) -> bool | None:
    """Whether an input that is drawn like this is; None where the source leaves it open."""
    match value:
        case ast.Constant(value=drawn):
            return isinstance(drawn, str)
        case ast.Call():
            name = dotted(value.func).rpartition(".")[2]
            return True if name in _FLOATING else False if name in _NOT_DIFFERENTIATED else None
    return None
