"""An audit that is being written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gradaudit.beginning.audit import FirstAudit, Missing
from gradaudit.beginning.reading import Parameters, Reading, read_inputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Mapping

    from gradaudit.beginning.audit import Expression
    from gradaudit.beginning.shapes import Passes
    from gradaudit.inspection.hand_written import HandWritten


@dataclass
class Draft:
    """What is known of an audit so far.

    Attributes:
        each: The backward pass.
        imported: Gives the name under which a name of its file is imported.
        audited: What the audit is called on.
        options: Those that were found.
        obstacle: Why it can't be audited from another file, in words; empty if it can.
    """

    each: HandWritten
    imported: Callable[[str], str]
    audited: str = ""
    options: dict[str, Expression] = field(default_factory=dict)
    obstacle: str = ""

    @property
    def functions(self) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
        """The definitions of the file's functions, by qualified name."""
        return {name: function.node for name, function in self.each.module.functions.items()}

    def expression(self, qualname: str) -> str:
        """What a definition of the file is called in the audit file, where it is imported."""
        head, dot, rest = qualname.partition(".")
        return f"{self.imported(head)}{dot}{rest}"

    def draw(self, passes: Passes, parameters: Parameters, numbers: Mapping[str, int] | None = None) -> Reading | None:
        """Write ``inputs=`` and ``sizes=``; what was read, or None where that leaves everything open."""
        if parameters.variadic:
            what = f"how the arguments are drawn: name them by forward=lambda x: {passes.forward.name}(x)"
            self.options["inputs"] = Missing(f"{what}, and inputs={{...}}")
            return None
        try:
            reading = read_inputs(passes, parameters, numbers)
            inputs = reading.inputs()
        except RecursionError:
            self.options["inputs"] = Missing(f"how the arguments of {passes.forward.name} are drawn")
            return None
        self.options["inputs"] = inputs
        if sizes := reading.sizes():
            self.options["sizes"] = sizes
        return reading

    def differentiate(
        self, reading: Reading | None, function: ast.FunctionDef | ast.AsyncFunctionDef, place: int | None = None
    ) -> None:
        """Write ``wrt=`` where it is needed."""
        wrt = reading.wrt(function, place) if reading is not None else None
        if wrt is not None:
            self.options["wrt"] = wrt

    def finished(self, taken: set[str]) -> FirstAudit:
        """The audit, under a name that no other one has."""
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.each.qualname).lower()
        stem = "audit_" + re.sub(r"\W+", "_", words).strip("_")
        name = next(
            candidate
            for candidate in (stem, *(f"{stem}_{number}" for number in range(2, 9999)))
            if candidate not in taken
        )
        taken.add(name)
        return FirstAudit(name, self.audited, self.options)
