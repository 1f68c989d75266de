"""What the source alone shows to be wrong, one check a file: each looks at a module's backward passes and audits."""

from __future__ import annotations

from gradaudit.inspection.checks.assigned_not_accumulated import assigned_not_accumulated
from gradaudit.inspection.checks.check_in_training import check_in_training
from gradaudit.inspection.checks.declared_forward import unresolved_forward
from gradaudit.inspection.checks.declared_gradient_count import declared_gradient_count
from gradaudit.inspection.checks.declared_inputs import unbound_input
from gradaudit.inspection.checks.gradient_count import gradient_count
from gradaudit.inspection.checks.inplace_upstream import inplace_upstream
from gradaudit.inspection.checks.unseeded_random import unseeded_random
from gradaudit.inspection.checks.unused_upstream import unused_upstream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gradaudit.inspection.checks.seen import Mistake, Seen
    from gradaudit.inspection.declared_audits import DeclaredAudit

CHECKS: dict[str, Callable[[Seen], Iterable[Mistake]]] = {
    "GA102": unused_upstream,
    "GA103": gradient_count,
    "GA104": inplace_upstream,
    "GA105": check_in_training,
    "GA106": unseeded_random,
    "GA107": assigned_not_accumulated,
}
"""Of what a module holds, by the code of what they find."""

CHECKS_OF_AUDITS: dict[str, Callable[[DeclaredAudit], Iterable[Mistake]]] = {
    "GA003": unresolved_forward,
    "GA004": unbound_input,
    "GA103": declared_gradient_count,
}
"""Of one audit: why running it can only end with this code, or would with one that says less."""
