"""What is known of the methods of a class and of an object."""

from __future__ import annotations

import inspect
from typing import Any


def defines(owner: type, name: str) -> bool:
    """Whether a class defines a method for its objects, rather than being called itself."""
    return any(name in vars(each) for each in owner.__mro__)


def is_method_of(holder: Any, method: Any) -> bool:
    """Whether it is a method that the object's class defines by that name, so that a copy of the object has it too."""
    name = getattr(method, "__name__", "")
    return (
        inspect.ismethod(method)
        and getattr(holder, name, None) == method
        and inspect.isfunction(inspect.getattr_static(type(holder), name, None))
    )
