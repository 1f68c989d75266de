"""What every subject needs to know of its trial, and how what its backward returned is matched to what is wanted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gradaudit.binding.signatures import signature_of
from gradaudit.errors import AuditError
from gradaudit.frameworks.belonging import foreign
from gradaudit.frameworks.other_arrays import MATRIX, has_matrix, made_dense
from gradaudit.matching import Wanted, match_gradients
from gradaudit.runner.execution.audited_code import audited_code
from gradaudit.runner.subjects.not_looked_at import NotLookedAt, returned_beside
from gradaudit.runner.subjects.subject import Returned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradaudit.frameworks.interface import Framework


@dataclass(frozen=True, eq=False)
class Wiring:
    """What every subject needs to know.

    Attributes:
        wanted: The differentiated inputs, in the order of `wrt`.
        arguments: The forward's arguments in order.
        framework: Reads and seeds.
        seed: Of the trial's random state.
        outputs: How many leading elements of what the forward returns are outputs; None where not declared.
        remarks: What was noticed while it ran.
        others: The inputs that nobody asked to leave out and that are not differentiated all the same.
    """

    wanted: Sequence[Wanted]
    arguments: Sequence[str]
    framework: Framework
    seed: int
    outputs: int | None = None
    remarks: list[str] = field(default_factory=list)
    others: Sequence[NotLookedAt] = ()

    def random(self, parameter: str) -> Any:
        """The trial's random state, anew."""
        return self.framework.random_state(parameter, self.seed)

    def match(self, returned: Any) -> dict[str, Any]:
        """Whose gradient is which returned leaf."""
        if not self.wanted:
            return {}
        with audited_code("reading what the backward returned"):
            try:
                found = match_gradients(returned, self.wanted, self.arguments, self.framework.to_numpy)
            except AuditError as error:
                remedy = foreign(returned, self.framework.name) or made_dense(returned) or error.help
                raise AuditError(error.code, error.message, remedy, error.details) from None
            if has_matrix(returned):
                self.remarks.append(MATRIX)
            beside = returned_beside(returned, self.others, self.wanted, self.arguments) if self.others else ()
            self.remarks.extend(each.note for each in beside if each.note not in self.remarks)
            return found

    def pull(self, returned: Any, upstreams: tuple[Any, ...], *, contracted: bool) -> Returned:
        """Match what a backward returned, calling it first where it is a pullback."""
        with audited_code("reading what the backward returned"):
            is_pullback = callable(returned) and self.framework.to_numpy(returned) is None
        if is_pullback:
            with audited_code("pullback"):
                returned = _call_pullback(returned, upstreams)
            contracted = True
        return Returned(self.match(returned), contracted)


def _call_pullback(pullback: Callable[..., Any], upstreams: tuple[Any, ...]) -> Any:
    """With one argument for each output; with a tuple of them where it takes but one."""
    signature = signature_of(pullback)
    if len(upstreams) > 1 and signature is not None:
        required = [
            parameter
            for parameter in signature.parameters.values()
            if parameter.default is parameter.empty and parameter.kind in {0, 1}
        ]
        if len(required) == 1:
            return pullback(upstreams)
    return pullback(*upstreams)
