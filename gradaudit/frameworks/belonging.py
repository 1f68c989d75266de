"""Which framework audited code is written for: seen from the object itself, else from the names that its code uses."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Mapping
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from gradaudit.errors import AuditError
from gradaudit.frameworks import FRAMEWORKS, brought

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DEFAULT = "numpy"

# Packages that belong to another one: jax.jit gives objects of jaxlib.
_PARTS = {"jaxlib": "jax"}


def framework_of(audited: Any, others: Iterable[Any] = (), home: str = "") -> str:
    """The name of the framework that audited code is written for; NumPy where nothing says otherwise.

    Args:
        audited: What was decorated.
        others: What else belongs to the audit: its forward, what builds the object.
        home: The module that it is declared in.

    Raises:
        AuditError: GA004, there are two candidates.

    Example:
        >>> import math
        >>> framework_of(lambda x: math.tanh(x))
        'numpy'
    """
    objects = [each for each in (audited, *others) if each is not None and not isinstance(each, str)]
    at_home = _top(home)
    own = _known((package for each in objects for package in _packages_of_object(each)), at_home)
    if len(own) == 1:
        return own.pop()
    functions = [function for each in objects for function in _functions_of(each)]
    used = [package for function in functions for package in _packages_in_signature(function)]
    used += [package for function in functions for package in _packages_in_code(function)]
    found = _known(used, at_home)
    # What they call may tell where they do not; it comes second, since it may serve several frameworks.
    found = found or _known(
        (package for called in _called(functions) for package in _packages_in_code(called)), at_home
    )
    if len(found) > 1:
        names = " and ".join(sorted(found))
        message = f"the audited code uses {names}, and nothing says whose arrays it takes"
        raise AuditError("GA004", message, help=f'write framework="{min(found)}" or another of them')
    return found.pop() if found else DEFAULT


def foreign(value: Any, but: str) -> str:
    """What to write where code that was taken for one framework's returned an array of another; empty if it did not.

    Args:
        value: What it returned: an array, or containers of such.
        but: The framework that it was taken for.

    Example:
        >>> foreign((1.0, [2.0]), but="numpy")
        ''
    """
    found = _known((package for each in leaves_in(value) for package in _packages_of_object(each)), "") - {but}
    if not found:
        return ""
    name = min(found)
    return f'an array of {name} came back: write framework="{name}", so that the code is handed such arrays'


def leaves_in(value: Any) -> Iterator[Any]:
    """What is no container in what came back."""
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, (tuple, list)):
        for each in value:
            yield from leaves_in(each)
    else:
        yield value


def _known(packages: Iterable[str], home: str) -> set[str]:
    """Those of the packages that are frameworks with an adapter; for one's own package no adapter is looked up."""
    seen = {_PARTS.get(package, package) for package in packages} - {DEFAULT}
    known = seen & FRAMEWORKS.keys()
    others = seen - {"gradaudit", "builtins", "", home} - sys.stdlib_module_names
    if not known and others:
        known = others & brought().keys()
    return known & sys.modules.keys()


def _packages_of_object(value: Any) -> Iterator[str]:
    """The packages of the classes that an object, or a class, is made of; of a bound method those of its object."""
    value = getattr(value, "__self__", value)
    if isinstance(value, (FunctionType, functools.partial, ModuleType)):
        return
    for each in (value if inspect.isclass(value) else type(value)).__mro__:
        yield _top(each.__module__)


def _functions_of(value: Any) -> Iterator[FunctionType]:
    """The Python functions in an object: itself, what it wraps, or the methods of its class."""
    while isinstance(value, functools.partial):
        value = value.func
    value = getattr(value, "__func__", value)
    if callable(value) and not inspect.isclass(value):
        value = inspect.unwrap(value)
    if isinstance(value, FunctionType):
        yield value
        return
    owner = value if inspect.isclass(value) else type(value)
    for each in vars(owner).values():
        function = getattr(each, "__func__", each)
        if isinstance(function, FunctionType):
            yield function


def _packages_in_signature(function: FunctionType) -> Iterator[str]:
    for annotation in inspect.get_annotations(function).values():
        held = _names_in_text(annotation, function.__globals__) if isinstance(annotation, str) else [annotation]
        for each in held:
            yield _package_of(each)
            yield _package_of(getattr(each, "array_type", None))  # jaxtyping's


def _names_in_text(annotation: str, names: Mapping[str, Any]) -> list[Any]:
    words = "".join(letter if letter.isalnum() or letter == "_" else " " for letter in annotation).split()
    return [names[word] for word in words if word in names]


def _packages_in_code(function: FunctionType) -> Iterator[str]:
    for value in _used(function):
        yield _package_of(value)
        yield from _packages_of_object(value)  # a jax.custom_vjp says that it is of the module that defines it


def _used(function: FunctionType) -> list[Any]:
    """The values of the global and enclosing names that a function's code uses."""
    names = [name for code in _codes(function.__code__) for name in code.co_names]
    try:
        enclosing = tuple(inspect.getclosurevars(function).nonlocals.values()) if function.__closure__ else ()
    except ValueError:  # one of them is not filled yet
        enclosing = ()
    return [*(function.__globals__[name] for name in names if name in function.__globals__), *enclosing]


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _called(functions: Iterable[FunctionType]) -> list[FunctionType]:
    """The functions of the same modules that these use, directly or through one another."""
    waiting, seen = list(functions), set(functions)
    found: list[FunctionType] = []
    while waiting:
        function = waiting.pop()
        for value in _used(function):
            for each in _functions_of(value) if callable(value) and not isinstance(value, ModuleType) else ():
                if each not in seen and each.__module__ == function.__module__:
                    seen.add(each)
                    found.append(each)
                    waiting.append(each)
    return found


def _package_of(value: Any) -> str:
    """The top-level package of a module, a class, a function or any other object."""
    if isinstance(value, ModuleType):
        return _top(value.__name__)
    module = vars(value).get("__module__") if isinstance(value, type) else getattr(value, "__module__", None)
    if not isinstance(module, str):  # a function of an extension module, or an object
        module = type(value).__module__
    return _top(module)


def _top(module: Any) -> str:
    return module.partition(".")[0] if isinstance(module, str) else ""
