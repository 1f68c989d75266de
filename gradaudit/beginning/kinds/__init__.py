"""First audits of each kind of backward pass, one file a kind, by the form in which it was found."""

from __future__ import annotations

from gradaudit.beginning.kinds.functions import audit_of_argument, audit_of_loss, audit_of_pair, audit_of_score
from gradaudit.beginning.kinds.layers import audit_of_layer
from gradaudit.beginning.kinds.rules import audit_of_primitive, audit_of_rule, audit_of_torch_function

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gradaudit.beginning.kinds.draft import Draft

KINDS: dict[str, Callable[[Draft], None]] = {
    "autograd_functions": audit_of_torch_function,
    "registrations": audit_of_rule,
    "primitive_rules": audit_of_primitive,
    "layers": audit_of_layer,
    "named_pairs": audit_of_pair,
    "likelihoods": audit_of_score,
    "solver_arguments": audit_of_argument,
    "values_with_gradients": audit_of_loss,
}
"""What writes the options of an audit, by the name of the form that saw the backward pass."""
