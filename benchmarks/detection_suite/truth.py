"""What is wrong with a mutant at a point, by comparison with the right backward alone."""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from detection_suite.subject import Subject, draw
from gradaudit.numerics.differences import difference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detection_suite.pair import Array, Mutant, Pair
    from gradaudit.drawing.leaves import Drawn

LEAST = 2e-5
"""A gradient whose difference ‖a - n‖ / (‖a‖ + ‖n‖) is above this is wrong: twice the threshold of an audit."""
DRAWS = 5
"""A single draw may have a size of 1, or be right by chance."""
SMALL = 1e-4
"""Up to here an error is a small one."""


def differences(pair: Pair, mutant: Mutant, drawn: Drawn, seed: int) -> Mapping[str, float]:
    """How far each gradient is off, for a random upstream gradient; infinite for a wrong shape or an exception."""
    return _compared(Subject(pair, mutant, drawn), Subject(pair, None, drawn), seed)


def counts(pair: Pair, mutant: Mutant, drawn: Drawn, seed: int) -> bool:
    """Whether the mutant is wrong at this point, in the way that its kind says."""
    match mutant.kind:
        case "value" | "size":
            return max(differences(pair, mutant, drawn, seed).values()) > LEAST
        case "small":
            return LEAST < max(differences(pair, mutant, drawn, seed).values()) < SMALL
        case "upstream":
            return is_nonlinear(pair, mutant, drawn, seed)
        case "side effect":
            return has_side_effect(pair, mutant, drawn, seed)
        case "state":
            return has_memory(pair, mutant, drawn, seed)


def right_at_a_size_of_one(pair: Pair, mutant: Mutant, name: str, seed: int) -> bool:
    """Whether a gradient that has no form is right where one of the named sizes is 1, and wrong elsewhere."""
    usual = [draw(pair, seed + number) for number in range(DRAWS)]
    larger = [each for each in usual if all(size > 1 for size in each.sizes.values())]
    if not any(differences(pair, mutant, each, seed)[name] > LEAST for each in larger):
        return False
    ones = (draw(pair, seed, sizes={**larger[0].sizes, size: 1}) for size in larger[0].sizes)
    return any(differences(pair, mutant, drawn, seed)[name] <= LEAST for drawn in ones)


def is_nonlinear(pair: Pair, mutant: Mutant, drawn: Drawn, seed: int) -> bool:
    """Whether -2 times an upstream gradient gives anything but -2 times the gradient."""
    subject = Subject(pair, mutant, drawn)
    outputs, cache = subject.forward(*subject.point)
    upstreams = _upstreams(outputs, seed)
    once = [np.array(gradient) for gradient in subject.backward([each.copy() for each in upstreams], cache)]
    twice = subject.backward([-2.0 * each for each in upstreams], subject.forward(*subject.point)[1])
    return any(_difference(np.asarray(b), -2.0 * a) > LEAST for a, b in zip(once, twice, strict=True))


def has_side_effect(pair: Pair, mutant: Mutant, drawn: Drawn, seed: int) -> bool:
    """Whether a call writes to what it was given, or what comes back has another dtype or somebody else's memory."""
    subject = Subject(pair, mutant, drawn)
    given = _arrays([subject.point, tuple(subject.rest.values())])
    before = copy.deepcopy(given)
    outputs, cache = subject.forward(*subject.point)
    upstreams = _upstreams(outputs, seed)
    handed = _arrays([upstreams, cache])
    given, before = given + handed, before + copy.deepcopy(handed)
    gradients = subject.backward(upstreams, cache)
    written = any(not np.array_equal(now, then) for now, then in zip(given, before, strict=True))
    shared = any(np.shares_memory(gradient, array) for gradient in gradients for array in given)
    return written or shared or any(gradient.dtype != np.float64 for gradient in gradients)


def has_memory(pair: Pair, mutant: Mutant, drawn: Drawn, seed: int) -> bool:
    """Whether the gradients are right at first, and wrong after calls at another point of the same sizes."""
    subject = Subject(pair, mutant, drawn)
    if max(_compared(subject, Subject(pair, None, drawn), seed).values()) > LEAST:
        return False
    subject.move(draw(pair, seed + 1_000_000, sizes=drawn.sizes))
    right = Subject(pair, None, draw(pair, seed + 1_000_000, sizes=drawn.sizes))
    return max(_compared(subject, right, seed).values()) > LEAST


def _compared(wrong: Subject, right: Subject, seed: int) -> Mapping[str, float]:
    expected = _gradients(right, seed)
    try:
        returned = _gradients(wrong, seed)
    except (NameError, SyntaxError):
        raise  # this mistake is ours
    except Exception:  # noqa: BLE001 - a mistake may raise anything
        return dict.fromkeys(right.names, math.inf)
    if len(returned) != len(expected):
        return dict.fromkeys(right.names, math.inf)
    return {name: _difference(*both) for name, *both in zip(right.names, returned, expected, strict=True)}


def _gradients(subject: Subject, seed: int) -> tuple[Array, ...]:
    outputs, cache = subject.forward(*subject.point)
    return subject.backward(_upstreams(outputs, seed), cache)


def _upstreams(outputs: Sequence[Array], seed: int) -> list[Array]:
    """Random ones, also for a scalar."""
    rng = np.random.default_rng([seed, 2])
    return [np.asarray(rng.standard_normal(output.shape)) for output in outputs]


def _difference(returned: Array, expected: Array) -> float:
    if np.shape(returned) != np.shape(expected):
        return math.inf
    found = difference(np.asarray(returned, np.float64), np.asarray(expected, np.float64))
    return found if math.isfinite(found) else math.inf


def _arrays(values: Any) -> list[Array]:
    """All arrays in nested lists and tuples."""
    if isinstance(values, np.ndarray):
        return [values]
    return [array for value in values for array in _arrays(value)] if isinstance(values, (list, tuple)) else []
