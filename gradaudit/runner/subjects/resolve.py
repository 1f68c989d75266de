"""From a declaration to what it audits: which function, method or object is called for forward and backward."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from gradaudit.binding.signatures import name_of, signature_of
from gradaudit.errors import AuditError, an
from gradaudit.frameworks import framework
from gradaudit.frameworks.belonging import framework_of
from gradaudit.runner.subjects.duplicates import duplicate
from gradaudit.runner.subjects.object_methods import defines, is_method_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradaudit.declaration import Declaration
    from gradaudit.frameworks.interface import Framework, Rule


class Functions(NamedTuple):
    """What a declaration is about.

    Attributes:
        forward: The forward function; of a layer its unbound method. None for a function that returns both.
        backward: The backward function; None where the forward returns both.
        owner: The layer's class; None for functions.
        forward_name: The layer's forward method.
        backward_name: The layer's backward method.
        rule: What the framework applies by itself; `forward` is its forward then.
        make: Gives the object where one was audited rather than its class.
    """

    forward: Callable[..., Any] | None
    backward: Callable[..., Any] | None
    owner: type | None = None
    forward_name: str = "forward"
    backward_name: str | None = None
    rule: Rule | None = None
    make: Callable[[], Any] | None = None

    @property
    def evaluated(self) -> Callable[..., Any]:
        """The function whose arguments are the inputs."""
        function = self.forward if self.forward is not None else self.backward
        assert function is not None  # noqa: S101 - one of both is always there
        return function

    @property
    def is_alone(self) -> bool:
        """Whether a function was decorated beside which nothing names its forward."""
        return self.forward is None and self.owner is None

    def arguments(self) -> list[str] | None:
        """Names of the arguments that inputs may be for, in order; None where there is no signature."""
        signature = signature_of(self.evaluated)
        if signature is None:
            return None
        names = [name for name, parameter in signature.parameters.items() if parameter.kind not in {2, 4}]
        return names[1:] if self.owner is not None and inspect.isfunction(self.evaluated) else names


def framework_for(declaration: Declaration, device: str | None = None) -> Framework:
    """The adapter for the framework that a declaration names, or that its code is written for.

    Raises:
        AuditError: GA004, there is no such adapter, or nothing says which of two it is.
    """
    options, audited = declaration.options, declaration.audited
    name = options.get("framework")
    if name is None:
        forward = options.get("forward")
        if isinstance(forward, str):
            forward = _resolve(forward, declaration.namespace)
        owner = _owner(audited, declaration.namespace) if callable(audited) else None
        others = [forward, owner, options.get("make")]
        name = framework_of(audited, others, str(declaration.namespace.get("__name__", "")))
    return framework(name, device)


def functions_of(declaration: Declaration, adapter: Framework) -> Functions:
    """Find out what was decorated.

    Raises:
        AuditError: GA003, the forward is missing or can't be called; GA004, the audited object can't be.
    """
    audited = declaration.audited
    forward = declaration.options.get("forward")
    rule = adapter.rule(audited)
    if rule is not None:
        return _of_rule(rule, declaration)
    alone = adapter.differentiation() is None
    found = _of_class(audited, forward) if inspect.isclass(audited) else _of_object(audited, forward, alone=alone)
    if found is not None:
        return found
    if isinstance(audited, (staticmethod, classmethod)):
        audited = audited.__func__
    if not callable(audited):
        message = f"{an(type(audited).__name__)} was audited, which can't be called"
        raise AuditError("GA004", message, help="decorate the backward function, its class, or the layer's class")
    owner = _owner(audited, declaration.namespace)
    if owner is not None:
        name = name_of(audited).rpartition(".")[2]
        held = inspect.getattr_static(owner, name, None)
        if isinstance(held, classmethod):
            audited = getattr(owner, name)
        elif not isinstance(held, staticmethod):
            return _of_method(owner, audited, forward)
    if forward is None:
        return Functions(None, audited)
    if isinstance(forward, str) and owner is not None and hasattr(owner, forward):
        forward = getattr(owner, forward)  # a static method beside it
    return Functions(_function(forward, declaration.namespace), audited)


def _of_rule(rule: Rule, declaration: Declaration) -> Functions:
    name = name_of(declaration.audited)
    for option, reason in _MEANINGLESS_FOR_RULES.items():
        if declaration.options.get(option) is not None:
            message = f"{option}= is given, but {name} {reason}"
            raise AuditError("GA004", message, help=f"leave {option}= out, or audit a function of your own")
    from gradaudit.runner.subjects.ruled import RuledForward

    return Functions(RuledForward(rule, name), None, rule=rule)


_MEANINGLESS_FOR_RULES = {
    "forward": "brings its own forward",
    "bind": "is applied by its framework, which hands everything on",
    "returns": "is given an upstream gradient by its framework",
    "parameters": "has its parameters found by its framework",
    "order": "is checked for its first derivative only",
}


def _of_class(audited: type, forward: Any) -> Functions:
    from gradaudit.runner.subjects.layer_words import no_method

    calls = defines(audited, "__call__") and not callable(getattr(audited, "forward", None))
    name = _method_name(audited, ("__call__" if calls else "forward") if forward is None else forward)
    if not callable(getattr(audited, name, None)) or (name == "__call__" and not defines(audited, name)):
        raise no_method(audited, None)
    if not callable(getattr(audited, "backward", None)):
        raise no_method(audited, name)
    methods = getattr(audited, name), getattr(audited, "backward")  # noqa: B009 - as the line above
    if all(
        isinstance(inspect.getattr_static(audited, method), (staticmethod, classmethod))
        for method in (name, "backward")
    ):
        return Functions(*methods)
    return Functions(*methods, owner=audited, forward_name=name, backward_name="backward")


def _of_object(audited: Any, forward: Any, *, alone: bool) -> Functions | None:
    """What an object, or a method of one, declares; None where that is a function of nothing but its arguments.

    Args:
        audited: What was decorated.
        forward: What ``forward=`` says.
        alone: Whether a method that returns both value and gradients is one of an object to look into.
    """
    if not inspect.ismethod(audited):
        is_object = callable(getattr(type(audited), "backward", None))
        return _of_class(type(audited), forward)._replace(make=partial(duplicate, audited)) if is_object else None
    holder = audited.__self__
    beside = getattr(holder, forward, None) if isinstance(forward, str) else forward
    methods = [audited] if forward is None and alone else [audited, beside]
    if inspect.isclass(holder) or not all(is_method_of(holder, each) for each in methods):
        return None
    return _of_method(type(holder), audited, forward)._replace(make=partial(duplicate, holder))


def _of_method(owner: type, audited: Callable[..., Any], forward: Any) -> Functions:
    own = audited.__name__
    if forward is None:
        return Functions(None, audited, owner=owner, forward_name=own)
    name = _method_name(owner, forward)
    method = getattr(owner, name, None)
    if not callable(method):
        raise AuditError(
            "GA003", f"class {owner.__name__} has no method {name!r}", help="forward= names a method of it"
        )
    return Functions(method, audited, owner=owner, forward_name=name, backward_name=own)


def _method_name(owner: type, forward: Any) -> str:
    """The name of the method that ``forward=`` gives by its name or itself; never another one of the same name."""
    if isinstance(forward, str):
        return forward
    name = str(getattr(forward, "__name__", None) or getattr(getattr(forward, "__func__", None), "__name__", ""))
    held = inspect.getattr_static(owner, name, None) if name else None
    if held is not None and _plain(held) is _plain(forward):
        return name
    message = f"{name_of(forward) if callable(forward) else repr(forward)} is not a method of {owner.__name__}"
    remedy = f"audit a plain function, or give the method of {owner.__name__} itself or its name"
    raise AuditError("GA003", message, help=remedy)


def _plain(method: Any) -> Any:
    """The function in a static, class or bound method, under what wraps it."""
    function = getattr(method, "__func__", method)
    return inspect.unwrap(function) if callable(function) else function


def _function(forward: Any, namespace: Mapping[str, Any]) -> Callable[..., Any]:
    if isinstance(forward, staticmethod):
        forward = forward.__func__
    if isinstance(forward, str):
        name = forward
        forward = _resolve(name, namespace)
        if forward is None:
            message = f"forward={name!r} names nothing in {namespace.get('__name__', 'the module')}"
            raise AuditError("GA003", message, help="give the function itself, or the name of one in the same module")
    if not callable(forward):
        message = f"the forward is {an(type(forward).__name__)}, which can't be called"
        raise AuditError("GA003", message, help="give the function whose gradient it is: forward=function")
    return forward  # type: ignore[no-any-return]  # the audited module's own


def _owner(audited: Callable[..., Any], namespace: Mapping[str, Any]) -> type | None:
    """The class that a method was defined in; None for functions and for bound methods."""
    qualname = getattr(audited, "__qualname__", "")
    if not inspect.isfunction(audited) or "." not in qualname or "<locals>" in qualname:
        return None
    owner = _resolve(qualname.rpartition(".")[0], namespace)
    return owner if inspect.isclass(owner) and audited.__module__ == owner.__module__ else None


def _resolve(name: str, namespace: Mapping[str, Any]) -> Any:
    head, *rest = name.split(".")
    found = namespace.get(head)
    for part in rest:
        found = getattr(found, part, None)
    return found
