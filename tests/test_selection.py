"""The -k expression."""

import pytest

from gradaudit.errors import UsageError
from gradaudit.selection import matches

ID = "src/layers.py::Affine.backward[wide, float32]"


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "  ",
        "affine",
        "AFFINE",
        "layers.py::affine",
        "[wide",
        "float32]",
        "not conv",
        "not not affine",
        "affine and wide",
        "conv or wide",
        "conv or wide and affine",
        "(conv or affine) and not narrow",
        "not (conv or narrow)",
        "not(conv)",
        "'wide, float'",
        '"backward[wide, float32]"',
    ],
)
def test_an_expression_that_holds_matches(expression):
    assert matches(expression, ID)


@pytest.mark.parametrize(
    "expression",
    ["conv", "not affine", "affine and conv", "(affine or wide) and conv", "not (conv or wide)", "'and'", "notaffine"],
)
def test_an_expression_that_does_not_hold_does_not_match(expression):
    assert not matches(expression, ID)


def test_and_binds_closer_than_or():
    assert matches("a or b and c", "a")
    assert not matches("(a or b) and c", "a")


def test_a_quoted_operator_is_a_word():
    assert matches("'not' and 'or'", "x.py::not_or")


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("and", r"expected a word.* at column 1, found 'and'"),
        ("affine and", r"at column 11, found its end"),
        ("affine wide", r"expected 'and' or 'or' at column 8, found 'wide'"),
        ("(affine", r"expected a closing parenthesis at column 8"),
        ("affine)", r"at column 7, found '\)'"),
        ("not", r"at column 4"),
        ("()", r"at column 2"),
        ("'affine", r"quote at column 1 is not closed"),
        ("(" * 100_000, r"nested too deeply"),
    ],
)
def test_a_broken_expression_says_where(expression, complaint):
    with pytest.raises(UsageError, match=complaint):
        matches(expression, ID)
