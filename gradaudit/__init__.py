"""gradaudit: the linter for hand-written gradients.

>>> from gradaudit import audited_backward
>>> @audited_backward(forward=lambda x: (x**2).sum(), inputs={"x": "N"})
... def square_sum_backward(x):
...     return 2 * x
"""

from gradaudit.declaration import audited_backward

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from gradaudit import distributions as distributions

__all__ = ["__version__", "audited_backward", "distributions"]
__version__ = "0.1.0"


def __getattr__(name: str) -> "ModuleType":
    if name == "distributions":
        import gradaudit.distributions

        return gradaudit.distributions
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
