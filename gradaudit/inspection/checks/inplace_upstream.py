"""GA104: the backward writes into its upstream gradient, or into what the forward cached."""

from __future__ import annotations

import ast

from gradaudit.inspection.checks.bodies import bindings, expressions, only_value, returned
from gradaudit.inspection.checks.cached import cached_names, is_cache
from gradaudit.inspection.checks.seen import Mistake
from gradaudit.inspection.checks.upstreams import upstreams_of
from gradaudit.inspection.checks.writes import written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gradaudit.inspection.checks.seen import Seen
    from gradaudit.inspection.hand_written import HandWritten
    from gradaudit.inspection.module import Function

# Their arrays cannot be written to: `g *= 2` makes a new one.
_IMMUTABLE = frozenset({"jax", "tensorflow", "mlx", "equinox", "flax"})
_ARRAY_MEMBERS = frozenset({"T", "shape", "dot", "sum", "reshape", "copy", "ndim", "dtype", "mean", "astype", "size"})


def inplace_upstream(seen: Seen) -> Iterator[Mistake]:
    """The first write to each array that is not the backward's own."""
    immutable = any(path.partition(".")[0] in _IMMUTABLE for path in seen.module.names.values())
    for each in seen.backwards:
        if each.backward is None or each.kind.endswith(("custom_vjp rule", "custom_jvp rule", "custom_gradient rule")):
            continue
        if any(statement.value is not None for statement in returned(each.backward)):
            yield from _Watch(each, rebinds=immutable).mistakes()


class _Watch:
    """One backward, statement by statement: which names stand for arrays that others hold."""

    def __init__(self, each: HandWritten, *, rebinds: bool) -> None:
        """Begin with the upstream gradients.

        Args:
            each: The backward.
            rebinds: Whether ``g *= 2`` may make a new array, since the framework's cannot be written to.
        """
        self._each, self._rebinds = each, rebinds
        self._held = dict.fromkeys(upstreams_of(each), "its upstream gradient")
        self._reported: set[str] = set()

    def mistakes(self) -> Iterator[Mistake]:
        """Those of the whole body."""
        if self._each.backward is None:
            return
        function = self._each.backward
        self._bound = bindings(function, augmented=False)
        self._arrays = {*self._held, *_used_as_arrays(function)}
        if self._each.forward is not None:
            self._arrays |= _used_as_arrays(self._each.forward)
        yield from self._block(function.node.body)

    def _block(self, body: Iterable[ast.stmt]) -> Iterator[Mistake]:
        for statement in body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                continue
            yield from self._writes(statement)
            self._rebind(statement)
            if isinstance(statement, ast.If) and "inplace" in ast.dump(statement.test).lower().replace("_", ""):
                yield from self._block(statement.orelse)  # in place only if somebody asks for it
                continue
            for child in ast.iter_child_nodes(statement):
                inner = [child] if isinstance(child, ast.stmt) else getattr(child, "body", ())
                if isinstance(inner, list) and not isinstance(child, ast.expr):
                    yield from self._block(inner)

    def _writes(self, statement: ast.stmt) -> Iterator[Mistake]:
        for name, how in written(statement, self._arrays, rebinds=self._rebinds):
            if name in self._held and name not in self._reported:
                self._reported.add(name)
                yield Mistake(
                    statement,
                    f"{self._name} writes into {name}, which is {self._held[name]}, {how}",
                    f"write into a copy: {name} = {name}.{self._copy}(), or make a new array",
                    self._each.cell,
                )

    @property
    def _name(self) -> str:
        return self._each.backward.qualname if self._each.backward is not None else self._each.qualname

    @property
    def _copy(self) -> str:
        return "clone" if "torch" in self._each.kind or self._each.kind == "a custom operator" else "copy"

    def _rebind(self, statement: ast.stmt) -> None:
        """What names stand for behind a statement: another name for a held array, a part of the cache, or their own."""
        aliases: dict[str, str] = {}
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, value = statement.targets[0], statement.value
            if isinstance(target, ast.Name) and isinstance(value, ast.Name) and value.id in self._held:
                if only_value(target.id, self._bound) is value:
                    aliases[target.id] = f"{self._held[value.id]} under another name"
                    self._arrays.add(target.id)
            elif is_cache(value, self._each):
                aliases = dict.fromkeys(cached_names(target, value), "what the forward kept")
                if "saved_tensors" in ast.dump(value):
                    self._arrays |= aliases.keys()
        if not isinstance(statement, ast.AugAssign):
            for node in expressions(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
                    self._held.pop(node.id, None)
        self._held.update(aliases)


def _used_as_arrays(function: Function) -> set[str]:
    """Names that have members of an array, are indexed, or are factors of a matrix product."""
    found = set()
    for node in function.own_nodes:
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=member) if member in _ARRAY_MEMBERS:
                found.add(name)
            case ast.Subscript(value=ast.Name(id=name)):
                found.add(name)
            case ast.BinOp(op=ast.MatMult(), left=left, right=right):
                found |= {side.id for side in (left, right) if isinstance(side, ast.Name)}
    return found
