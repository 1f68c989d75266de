"""GA003 where the source shows it: ``forward="name"`` that names nothing."""

from __future__ import annotations

import ast
import builtins

from gradaudit.inspection.checks.seen import Mistake

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.inspection.declared_audits import DeclaredAudit
    from gradaudit.inspection.module import Module

_BIND_UNSEEN = frozenset({"exec", "eval", "globals", "vars", "setattr", "locals", "__import__"})


def unresolved_forward(audit: DeclaredAudit) -> Iterator[Mistake]:
    """A name that the module binds nowhere, and that is no method of the audited class."""
    given = audit.options.get("forward")
    if not isinstance(given, ast.Constant) or not isinstance(given.value, str) or audit.forward is not None:
        return
    if len(audit.target.audited) != 1 or audit.home is not audit.module or _is_open(audit.module):
        return
    name, head = given.value, given.value.partition(".")[0]
    audited = audit.audited
    owner = audit.qualname if audit.qualname in audit.module.classes else audited.owner if audited is not None else ""
    if not owner and not _is_bound(audit.module, head):
        message = f"forward={name!r} names nothing in {audit.module.file}"
        yield Mistake(
            given, message, "give the function itself, or the name of one in the same module", audit.target.cell
        )
    elif owner and _is_whole(audit.module, owner) and not _is_bound(audit.module, name):
        message = f"class {owner} has no method {name!r}"
        yield Mistake(given, message, "forward= names a method of it", audit.target.cell)


def _is_open(module: Module) -> bool:
    """Whether names may come from what the source does not show."""
    return bool(module.stars) or any(call.name.rpartition(".")[2] in _BIND_UNSEEN for call in module.calls)


def _is_bound(module: Module, name: str) -> bool:
    return (
        name in module.bound
        or name in module.names
        or any(name == qualname.rpartition(".")[2] for qualname in (*module.functions, *module.classes))
        or hasattr(builtins, name)
    )


def _is_whole(module: Module, owner: str) -> bool:
    """Whether all that a class has stands in its body: no bases, no metaclass, no other decorator."""
    node = module.classes[owner].node
    return not node.bases and not node.keywords and len(node.decorator_list) <= 1
