"""GA106: the audited forward draws from global or unseeded random state."""

from __future__ import annotations

import ast

from gradaudit.inspection.checks.seen import Mistake
from gradaudit.inspection.module import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.inspection.checks.seen import Seen
    from gradaudit.inspection.module import Function, Module

_NUMPY = frozenset({
    "rand", "randn", "randint", "random", "random_sample", "ranf", "sample", "random_integers", "choice", "bytes",
    "permutation", "shuffle", "beta", "binomial", "exponential", "gamma", "geometric", "gumbel", "laplace", "logistic",
    "lognormal", "multinomial", "multivariate_normal", "normal", "poisson", "standard_normal", "uniform", "vonmises",
})  # fmt: skip
_STANDARD = frozenset({
    "random", "uniform", "gauss", "normalvariate", "randint", "randrange", "choice", "choices", "sample", "shuffle",
    "betavariate", "expovariate", "lognormvariate", "triangular", "getrandbits",
})  # fmt: skip
_TORCH = frozenset({"rand", "randn", "randint", "randperm", "bernoulli", "multinomial", "normal"})
_MAKE_UNSEEDED = frozenset({"numpy.random.default_rng", "numpy.random.RandomState", "random.Random"})
_SEED = frozenset({"numpy.random.seed", "random.seed", "torch.manual_seed", "torch.random.manual_seed"})


def unseeded_random(seen: Seen) -> Iterator[Mistake]:
    """Each such draw, once for a forward however many audits it has."""
    looked_at: set[str] = set()
    for audit in seen.audits:
        if audit.forward is None or audit.forward_home is not seen.module or audit.forward.qualname in looked_at:
            continue
        looked_at.add(audit.forward.qualname)
        yield from _draws(audit.forward, seen.module)


def _draws(forward: Function, module: Module) -> Iterator[Mistake]:
    calls = [(node, module.path(dotted(node.func))) for node in forward.own_nodes if isinstance(node, ast.Call)]
    if any(path in _SEED for _, path in calls):
        return
    for node, path in calls:
        shown = dotted(node.func)
        if path in _MAKE_UNSEEDED and _is_without_seed(node):
            message = f"{forward.qualname} makes a generator without a seed: {shown}()"
        elif _is_global(path, node):
            message = f"{forward.qualname} draws from global random state: {shown}"
        else:
            continue
        yield Mistake(node, message, "let the forward take a generator: rng, and draw from that", forward.cell)


def _is_without_seed(node: ast.Call) -> bool:
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    return all(isinstance(each, ast.Constant) and each.value is None for each in given)


def _is_global(path: str, node: ast.Call) -> bool:
    owner, _, name = path.rpartition(".")
    if owner == "numpy.random":
        return name in _NUMPY
    if owner == "random":
        return name in _STANDARD
    return owner == "torch" and name in _TORCH and all(keyword.arg != "generator" for keyword in node.keywords)
