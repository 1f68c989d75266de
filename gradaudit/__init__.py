"""gradaudit: the linter for hand-written gradients.

>>> from gradaudit import audited_backward
>>> @audited_backward(forward=lambda x: (x**2).sum(), inputs={"x": "N"})
... def square_sum_backward(x):
...     return 2 * x
"""

from gradaudit.declaration import audited_backward

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradaudit import distributions as distributions
    from gradaudit.checking import GradientCheck as GradientCheck
    from gradaudit.checking import check_gradient as check_gradient
    from gradaudit.errors import GradientError as GradientError

__all__ = ["GradientCheck", "GradientError", "__version__", "audited_backward", "check_gradient", "distributions"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # What costs imports is imported when somebody asks for it: the decorator is paid for in training too.
    if name == "distributions":
        import gradaudit.distributions

        return gradaudit.distributions
    if name in {"GradientCheck", "GradientError", "check_gradient"}:
        from gradaudit import checking

        return getattr(checking, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
