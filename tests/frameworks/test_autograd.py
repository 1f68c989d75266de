"""HIPS autograd: primitives with rules of their own, and functions that are made of them."""

from __future__ import annotations

import pytest

pytest.importorskip("autograd")

import autograd.numpy as anp
from autograd.extend import defvjp, primitive

from gradaudit import check_gradient
from gradaudit.errors import AuditError


@primitive
def cube(x):
    return x**3


defvjp(cube, lambda ans, x: lambda g: 3 * g * x**2)


@primitive
def biased(x, b):
    return x + b


defvjp(biased, lambda ans, x, b: lambda g: g, lambda ans, x, b: lambda g: g)


@primitive
def bare(x):
    return x


def test_a_primitive_is_checked_by_its_rule():
    check = check_gradient(cube, inputs={"x": "N D"})
    assert (check.passed, check.framework) == (True, "autograd")


def test_a_function_made_of_primitives_is_differentiated_by_autograd():
    assert check_gradient(lambda x, w: anp.sum(cube(x @ w)), inputs={"x": "N D", "w": "D"}).passed


def test_several_outputs_have_an_upstream_gradient_each():
    check = check_gradient(lambda x: (cube(x), anp.sum(x**2, axis=-1)), inputs={"x": "N D"}, outputs=2)
    assert check.passed


def test_random_numbers_are_the_same_in_every_evaluation():
    assert check_gradient(lambda x: cube(x * (anp.random.rand(*x.shape) > 0.4)), inputs={"x": "N D"}).passed


def test_the_shape_that_a_rule_returned_is_told_though_autograd_takes_it():
    check = check_gradient(biased, inputs={"x": "N D", "b": "D"})
    assert [finding.code for finding in check.findings] == ["GA207"]


def test_a_wrong_gradient_of_the_released_package_is_found():
    # autograd 1.9.1 folds the repeated axes the wrong way round where there are more axes than repetitions.
    assert not check_gradient(lambda x: anp.tile(x, 3), inputs={"x": "N D"}).passed


def test_a_primitive_without_a_rule_is_a_mistake_of_the_declaration():
    with pytest.raises(AuditError, match="bare has no vector-Jacobian product"):
        check_gradient(bare, inputs={"x": "N"})


def test_a_hand_written_pair_is_bound_as_any_other():
    def squared(x):
        return anp.sin(x) ** 2, x

    def backward(dout, cache):
        return dout * anp.sin(2 * cache)

    check = check_gradient(squared, backward, {"x": "N D"})
    assert (check.passed, check.framework) == (True, "autograd")
