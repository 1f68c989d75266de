"""Inputs that are written as NumPy or a call would have them: each is told what to write, and none passes unseen."""

from __future__ import annotations

import numpy as np
import pytest

from gradaudit import check_gradient, distributions
from gradaudit.drawing import draw_inputs, kept_constant
from gradaudit.errors import AuditError
from gradaudit.matching import Wanted
from gradaudit.runner.inputs.meant import check_texts, kept_constants, meant_otherwise, nothing_differentiated
from gradaudit.runner.subjects.not_looked_at import NotLookedAt, returned_beside


class Sparse:
    """As much of SciPy's sparse arrays as tells them from others."""

    nnz, dtype = 3, np.dtype(float)

    def toarray(self): ...

    def tocsr(self): ...


NOT_FLOATING = {
    "a tuple": ((3, 4), 'a shape is text: write "x": "3 4"'),
    "a number": (5, 'a shape is text: write "x": "5"'),
    "integers": (np.arange(3), "give it as floating, x.astype(float)"),
    "sparse": (Sparse(), "let its values be an input"),
}


@pytest.mark.parametrize("case", NOT_FLOATING)
def test_what_cannot_be_differentiated_is_told_what_to_write(case):
    value, remedy = NOT_FLOATING[case]
    assert remedy in nothing_differentiated({"x": value}).help
    with pytest.raises(AuditError, match="wrt names 'x', which is") as caught:
        draw_inputs({"x": value}, "x", {}, seed=0, audit="a", trial=0)
    assert remedy in caught.value.help


def test_a_given_array_is_told_to_be_named_or_drawn():
    assert 'wrt="x"' in nothing_differentiated({"x": np.ones((2, 3))}).help
    assert '"2 3"' in nothing_differentiated({"x": np.ones((2, 3))}).help


def test_integers_that_a_check_is_given_are_told_to_be_floating():
    with pytest.raises(AuditError, match="nothing is differentiated") as caught:
        check_gradient(lambda x: x**2, lambda g, x: 2 * x * g, {"x": np.arange(3)})
    assert caught.value.help == ("x is an array of int64, which has no gradient: give it as floating, x.astype(float)")


@pytest.mark.parametrize("name", distributions.DISTRIBUTIONS)
def test_a_distribution_that_is_not_called_is_told_to_be(name):
    with pytest.raises(AuditError, match=f"w.b is distributions.{name} itself") as caught:
        draw_inputs({"w": {"b": getattr(distributions, name)}}, None, {}, seed=0, audit="a", trial=0)
    assert f"distributions.{name}(" in caught.value.help


def test_text_for_an_argument_whose_default_is_text_is_no_shape():
    def forward(x, reduction="mean"): ...

    check_texts(forward, {"x": "N", "reduction": distributions.constant("sum")})
    check_texts(forward, lambda rng: {})
    with pytest.raises(AuditError, match="'sum' is a shape, and the argument's default is text, 'mean'") as caught:
        check_texts(forward, {"x": "N", "reduction": "sum"})
    assert '"reduction": distributions.constant("sum")' in caught.value.help


def test_a_forward_that_stumbles_over_text_or_a_tuple_is_told_of_it():
    def forward(x, kind):
        return {"tanh": np.tanh}[kind](x)

    check = check_gradient(forward, lambda g, x, kind: g, {"x": "N", "kind": "tanh"}, wrt="x")
    (finding,) = check.findings
    assert finding.code == "GA006"
    assert finding.help == 'if kind is meant as text, write "kind": distributions.constant("tanh")'
    check = check_gradient(lambda x, w: x @ w, lambda g, x, w: g, {"x": "N 3", "w": (3, 4)})
    assert check.findings[0].help == 'if w is meant as a shape, write "w": "3 4"'


@pytest.mark.parametrize("inputs", [{"x": "N D", "w": "D"}, {"x": "batch features", "b": "features"}, {"x": 2.0}])
def test_shapes_are_no_text(inputs):
    assert not meant_otherwise(inputs)


ARGUMENTS = ["S", "x"]
S, X = NotLookedAt("S", ("S",), "why"), Wanted("x", ("x",))
RETURNED = {
    "a tuple": ((1.0, 2.0), True),
    "a tuple with None for it": ((None, 2.0), False),
    "a tuple of the others": ((2.0,), False),
    "an array": (np.ones(2), False),
    "a mapping": ({"dS": "nonsense", "dx": 2.0}, True),
    "a mapping of the others": ({"dx": 2.0, "dZ": 1.0}, False),
}


@pytest.mark.parametrize("case", RETURNED)
def test_a_gradient_that_is_returned_beside_the_others_is_seen(case):
    returned, is_seen = RETURNED[case]
    assert (returned_beside(returned, [S], [X], ARGUMENTS) == [S]) is is_seen


def test_a_leaf_of_a_container_is_seen_in_it():
    b, w = NotLookedAt("p.b", ("p", "b"), "why"), Wanted("p.W", ("p", "W"))
    assert returned_beside({"W": 1.0, "b": 2.0}, [b], [w], ["p"]) == [b]
    assert returned_beside(({"W": 1.0, "b": 2.0},), [b], [w], ["p"]) == [b]
    assert returned_beside({"W": 1.0}, [b], [w], ["p"]) == []


def kept(inputs, paths=()):
    values = {name: getattr(spec, "value", spec) for name, spec in inputs.items()}
    return [each.name for each in kept_constants(inputs, values, set(paths))]


def test_constants_that_may_have_a_gradient_are_known():
    given = {"w": np.ones(3), "z": np.ones(2) * 1j, "S": Sparse(), "t": (3, 4), "p": {"a": 1.0, "n": 2}, "rate": 0.1}
    assert kept(given) == ["w", "z", "S", "t", "p.a", "rate"]
    assert kept(given, [("w",), ("p", "a")]) == ["z", "S", "t", "rate"]


def test_what_is_said_to_be_constant_is_left_alone():
    assert kept({"w": distributions.constant(np.ones(3)), "labels": np.arange(3), "mode": "train", "n": 2}) == []
    assert not kept_constant("x", None)


@pytest.mark.parametrize(("wrt", "notes"), [(None, 1), ("x", 0)])
def test_a_pass_says_which_gradient_was_not_looked_at_unless_wrt_did(project, wrt, notes):
    project.write(
        a=f"""
        import numpy as np
        from gradaudit import audited_backward
        @audited_backward(forward=lambda W, x: W @ x, inputs={{"W": np.ones((3, 2)), "x": "2"}}, wrt={wrt!r})
        def wrong_for_w(g, W, x):
            return 7 * np.outer(g, x), W.T @ g
        """
    )
    audit = project.scan().audit("wrong_for_w")
    assert audit["outcome"] == "passed"
    assert len([note for note in audit.get("notes", ()) if note.startswith("W is not differentiated")]) == notes
