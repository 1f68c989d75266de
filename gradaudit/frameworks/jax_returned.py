"""What the backward of a `jax.custom_vjp` returned, before JAX made cotangents of it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import jax

from gradaudit.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradaudit.frameworks.interface import Natives


class Recording:
    """A `jax.custom_vjp` with the same rule, which keeps what it was called with and what its backward returned.

    Attributes:
        leaves: The arrays that are differentiated, as they are in the call.
    """

    def __init__(self, rule: Any) -> None:
        self.leaves: Natives = {}
        self._rule = rule
        self._arguments: tuple[Any, ...] = ()
        self._returned: Any = None

        def keeping(*given: Any) -> Any:
            self._returned = rule.bwd(*given)
            return self._returned

        self._function = jax.custom_vjp(rule.fun, nondiff_argnums=rule.nondiff_argnums)
        options = {"symbolic_zeros": rule.symbolic_zeros}
        if getattr(rule, "optimize_remat", False):
            options["optimize_remat"] = True
        self._function.defvjp(rule.fwd, keeping, **options)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the function."""
        self._arguments, _ = parted(self._rule, arguments, keywords)
        return self._function(*arguments, **keywords)

    def returned(self) -> Mapping[str, Any]:
        """The arrays, or None, that the backward returned for the leaves that they belong to.

        Those are left out that it gives in another structure than the argument's, or of which only the type is known.
        """
        returned = self._returned
        if not isinstance(returned, (tuple, list)) or len(returned) != len(self._arguments):
            return {}
        found: dict[str, Any] = {}
        for argument, cotangent in zip(self._arguments, returned, strict=True):
            names = names_of(argument, self.leaves)
            structure, parts = _structure(argument), [None] * len(names)
            if cotangent is not None:
                if _structure(cotangent) != structure:
                    continue
                parts = jax.tree_util.tree_leaves(cotangent, is_leaf=_is_none)
            found.update({name: part for name, part in zip(names, parts, strict=True) if name and _is_known(part)})
        return found


def parted(rule: Any, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> tuple[tuple[Any, ...], ...]:
    """The arguments of a call that a rule gives gradients for, in order, and those that it gives none for."""
    bound = inspect.signature(rule.fun).bind(*arguments, **keywords)
    bound.apply_defaults()
    plain = rule.nondiff_argnums
    return (
        tuple(each for place, each in enumerate(bound.args) if place not in plain),
        tuple(each for place, each in enumerate(bound.args) if place in plain),
    )


def check_constant(arguments: Sequence[Any], leaves: Natives) -> None:
    """See that none of the arguments that a rule gives no gradient for is differentiated.

    Raises:
        AuditError: GA004, one is.
    """
    for name in names_of(arguments, leaves):
        if name is not None:
            message = f"{name} is one of nondiff_argnums, so that the rule gives no gradient for it"
            raise AuditError("GA004", message, help="give it as a constant, or say by wrt= what has a gradient")


def names_of(argument: Any, leaves: Natives) -> list[str | None]:
    """The names of an argument's leaves; None for those that are not differentiated."""
    names = {id(leaf): name for name, leaf in leaves.items()}
    return [names.get(id(leaf)) for leaf in jax.tree_util.tree_leaves(argument, is_leaf=_is_none)]


def _is_none(value: Any) -> bool:
    return value is None


def _structure(value: Any) -> Any:
    return jax.tree_util.tree_structure(value, is_leaf=_is_none)


def _is_known(part: Any) -> bool:
    return part is None or (hasattr(part, "shape") and hasattr(part, "dtype") and not isinstance(part, jax.core.Tracer))
