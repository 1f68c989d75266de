"""The forms that hand-written backward passes have, one file a form; the first that sees one says what it is."""

from __future__ import annotations

from gradaudit.inspection.forms.autograd_functions import autograd_functions
from gradaudit.inspection.forms.layers import layers
from gradaudit.inspection.forms.likelihoods import likelihoods
from gradaudit.inspection.forms.named_pairs import named_pairs
from gradaudit.inspection.forms.primitive_rules import primitive_rules
from gradaudit.inspection.forms.registrations import registrations
from gradaudit.inspection.forms.solver_arguments import solver_arguments
from gradaudit.inspection.forms.values_with_gradients import values_with_gradients

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gradaudit.inspection.hand_written import HandWritten
    from gradaudit.inspection.module import Module
    from gradaudit.inspection.repository import Repository

FORMS: tuple[Callable[[Module, Repository], Iterable[HandWritten]], ...] = (
    autograd_functions,
    registrations,
    primitive_rules,
    layers,
    named_pairs,
    likelihoods,
    values_with_gradients,
    solver_arguments,
)
