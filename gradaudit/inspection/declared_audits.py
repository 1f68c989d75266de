"""What an audit says in the source: the options of its call, and the functions that it names."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from gradaudit.inspection.module import dotted
from gradaudit.inspection.repository import Named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradaudit.inspection.module import Function, Module
    from gradaudit.inspection.repository import Repository
    from gradaudit.records.case import Target

_NAME = "audited_backward"
# What `binding` binds by name to something else than an upstream gradient.
_BOUND_BY_NAME = frozenset({
    "cache", "ctx", "res", "residuals", "saved", "tape", "out", "output", "ans", "y_hat", "rng", "generator", "key",
    "seed",
})  # fmt: skip

_REASONS = ("skip", "xfail")  # false is left out


@dataclass(frozen=True)
class DeclaredAudit:
    """An audit, as far as the source shows it.

    Attributes:
        target: As discovery saw it.
        module: Where it is declared.
        options: What is given by keyword.
        home: The module that holds the audited definition; None where that is not in these files.
        qualname: Of that definition.
        forward: The function that ``forward=`` names, where it is in these files.
        forward_home: The module that holds it.
    """

    target: Target
    module: Module
    options: Mapping[str, ast.expr]
    home: Module | None = None
    qualname: str = ""
    forward: Function | None = None
    forward_home: Module | None = None

    @property
    def audited(self) -> Function | None:
        """The audited function or method; None for a class and for what is not in these files."""
        return self.home.functions.get(self.qualname) if self.home is not None else None

    @property
    def upstreams(self) -> tuple[str, ...]:
        """The parameters of the audited function that its binding can only take for upstream gradients."""
        if self.audited is None or self.forward is None or self.audited.node is self.forward.node:
            return ()
        if {"bind", "returns", "order", "make"} & self.options.keys() or self.audited.owner:
            return ()
        taken = {*self.forward.parameters, *(each.arg for each in self.forward.node.args.kwonlyargs), *_BOUND_BY_NAME}
        return tuple(name for name in self.audited.parameters if name not in taken)


def declared_audits(targets: Sequence[Target], repository: Repository) -> Iterator[DeclaredAudit]:
    """Those whose options the source shows in full: not through a partial, not with ``**options``."""
    by_file = {module.file: module for module in repository.modules}
    for target in targets:
        module = by_file.get(target.file)
        options = _options(target, module) if module is not None else None
        if module is None or options is None:
            continue
        named = repository.find(module, target.audited[0]) if len(target.audited) == 1 else None
        home, qualname = (named.module, named.qualname) if named is not None else (None, "")
        named = _forward(options.get("forward"), module, home, qualname, repository)
        forward = named.module.functions.get(named.qualname) if named is not None else None
        forward_home = named.module if named is not None else None
        yield DeclaredAudit(target, module, options, home, qualname, forward, forward_home)


def _options(target: Target, module: Module) -> dict[str, ast.expr] | None:
    calls = [
        call.node
        for call in module.calls
        if call.cell == target.cell
        and (call.node.lineno, call.node.end_lineno) == (target.line, target.end_line)
        and module.path(call.name).endswith(f".{_NAME}")
    ]
    if len(calls) != 1 or any(keyword.arg is None for keyword in calls[0].keywords):
        return None
    return {
        keyword.arg: keyword.value
        for keyword in calls[0].keywords
        if keyword.arg is not None and not (keyword.arg in _REASONS and _is_false(keyword.value))
    }


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and not value.value


def _forward(
    given: ast.expr | None, module: Module, home: Module | None, qualname: str, repository: Repository
) -> Named | None:
    """The definition whose gradient it is: also a method of the audited class, or the audited function itself."""
    owner = ""
    if home is not None:
        owner = qualname if qualname in home.classes else getattr(home.functions.get(qualname), "owner", "")
    text = given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else ""
    if home is not None and owner and (text or given is None):
        method = f"{owner}.{text or 'forward'}"
        if method in home.functions:
            return Named(home, method)
    if given is None:
        return Named(home, qualname) if home is not None and not owner else None
    name = text or dotted(given)
    return repository.find(module, name) if name else None
