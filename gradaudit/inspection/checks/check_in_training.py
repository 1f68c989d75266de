"""GA105: a gradient check inside a loop that also updates parameters, or in library code at import."""

from __future__ import annotations

import ast
import re

from gradaudit.inspection.checks.bodies import called, expressions
from gradaudit.inspection.checks.seen import Mistake
from gradaudit.inspection.module import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gradaudit.inspection.checks.seen import Seen
    from gradaudit.inspection.module import Call, Function, Loop, Module

_PATHS = re.compile(
    r"torch\.autograd\.(?:gradcheck\.)?grad(?:grad)?check|jax\.test_util\.check_(?:grads|vjp|jvp)"
    r"|(?:autograd|jax)\.test_util\.check_\w+|scipy\.optimize\.check_grad|gradaudit\.check_gradient"
)
# Names under which courses and projects write their own. `check_gradients` alone is also what looks for NaN.
_NAMES = re.compile(
    r"_*(?:run_|do_|perform_)?(?:grad(?:ient)?s?_?check(?:ing|er)?(?:_\w+)?|eval_numerical_gradient\w*)", re.IGNORECASE
)
_AMBIGUOUS = re.compile(r"_*check_(?:the_)?grad(?:ient)?s?(?:_\w+)?", re.IGNORECASE)
_STEP = re.compile(r"eps|epsilon|delta|step|h|dx|finite|numeric\w*|approx\w*", re.IGNORECASE)
_UPDATES = re.compile(
    r"_*(?:update|apply)_(?:the_)?(?:params?|parameters?|weights?|gradients?|grads?)(?:_\w+)?", re.IGNORECASE
)
_OPTIMISERS = re.compile(r"(?:.*_)?opt(?:im(?:i[sz]ers?)?)?(?:_.*)?|solver", re.IGNORECASE)
_PARAMETERS = re.compile(
    r"(?:W|b|w|theta|weights?|bias(?:es)?|params?|parameters?|beta|coefs?)_?\w{0,3}|self\.\w*(?:W|weights?|bias|theta)\w*"
)
_RATES = re.compile(r"lr|eta|alpha|learning_?rate|step_?size|rate|self\.(?:lr|eta|alpha|learning_?rate)", re.IGNORECASE)
_NOT_LIBRARY = re.compile(r"test|check|example|demo|bench|tutorial|script|exercise|notebook|setup", re.IGNORECASE)


def check_in_training(seen: Seen) -> Iterator[Mistake]:
    """Each such call."""
    for call in seen.module.calls:
        if not is_check(call.name, seen):
            continue
        if any(map(_updates, call.loops)):
            message = f"{call.name} checks a gradient in a loop that also updates parameters"
        elif _is_at_import(call, seen):
            message = f"{call.name} checks a gradient whenever {seen.module.file} is imported"
        else:
            continue
        remedy = "move the check to a test, or declare it with audited_backward, which costs nothing in training"
        yield Mistake(call.node, message, remedy, call.cell)


def is_check(name: str, seen: Seen) -> bool:
    """Whether a call of that name compares a gradient with a numerical one."""
    path, last = seen.module.path(name), name.rpartition(".")[2]
    if _PATHS.fullmatch(path):
        return True
    if _NAMES.fullmatch(last):
        return not _is_method(name) or last.lower().startswith("eval_")
    return bool(_AMBIGUOUS.fullmatch(last)) and _differences(seen, name)


def _is_method(name: str) -> bool:
    return name.startswith(("self.", "cls."))


def _differences(seen: Seen, name: str) -> bool:
    """Whether the function of that name is in these files and divides by a step."""
    found = seen.repository.find(seen.module, name)
    function: Function | None = found.module.functions.get(found.qualname) if found is not None else None
    if function is None:
        return False
    return any(
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div)
        and any(isinstance(part, ast.Name) and _STEP.fullmatch(part.id) for part in ast.walk(node.right))
        for node in function.nodes
    )


def _is_at_import(call: Call, seen: Seen) -> bool:
    """Whether importing a module that holds backward passes runs the call. A notebook's cells are run by hand."""
    if call.function or call.as_script or call.cell is not None or _NOT_LIBRARY.search(seen.module.file):
        return False
    return any(each.backward is not None for each in seen.backwards) and not _is_script(seen.module)


def _is_script(module: Module) -> bool:
    """Whether a file prints or plots when it runs: nobody imports it."""
    return any(
        not call.function
        and not call.as_script
        and (call.name in {"print", "input"} or module.path(call.name).startswith(("matplotlib.", "argparse.")))
        for call in module.calls
    )


def _updates(loop: Loop) -> bool:
    """Whether a loop's own statements, not those of a loop inside of it, update parameters."""
    return any(map(_is_update, _own(loop.body)))


def _own(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if not isinstance(statement, (ast.For, ast.AsyncFor, ast.While, ast.FunctionDef, ast.ClassDef)):
            for child in ast.iter_child_nodes(statement):
                inner = [child] if isinstance(child, ast.stmt) else getattr(child, "body", ())
                if isinstance(inner, list):
                    yield from _own(inner)


def _is_update(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.For, ast.AsyncFor, ast.While)):  # `for p in params: p -= lr * grads[p]`
        return any(isinstance(inner, ast.AugAssign) and _descends(inner.op, inner.value) for inner in statement.body)
    match statement:
        case ast.AugAssign(target=target, op=operator, value=value):
            return _is_parameter(target) and _descends(operator, value)
        case ast.Assign(targets=[target], value=ast.BinOp(left=left, op=operator, right=right)):
            same = ast.unparse(target) == ast.unparse(left)
            return same and _is_parameter(target) and _descends(operator, right)
    return any(isinstance(node, ast.Call) and _is_updating_call(node) for node in expressions(statement))


def _is_parameter(target: ast.expr) -> bool:
    while isinstance(target, ast.Subscript) or (isinstance(target, ast.Attribute) and target.attr == "data"):
        target = target.value
    return bool(_PARAMETERS.fullmatch(dotted(target)))


def _descends(operator: ast.operator, value: ast.expr) -> bool:
    """Whether something times a learning rate is subtracted, or its negative added."""
    if not isinstance(operator, (ast.Sub, ast.Add)):
        return False
    return any(
        _RATES.fullmatch(dotted(node)) for node in ast.walk(value) if isinstance(node, (ast.Name, ast.Attribute))
    )


def _is_updating_call(node: ast.Call) -> bool:
    last = called(node)
    if last == "step" and isinstance(node.func, ast.Attribute):
        return bool(_OPTIMISERS.fullmatch(dotted(node.func.value).rpartition(".")[2]))
    return bool(_UPDATES.fullmatch(last))
