"""Reading shapes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradaudit.distributions.shapes import parse_shape
from gradaudit.errors import AuditError

SIZES = {"N": 3, "D": 5, "H": 7}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ()),
        ("N", (3,)),
        ("  N   D ", (3, 5)),
        ("N 3", (3, 3)),
        ("4*H", (28,)),
        ("N-1 H//2 2*N+1", (2, 3, 7)),
        ("2*(N+D)", (16,)),
        ("007", (7,)),
        ("λ", (2,)),
    ],
)
def test_a_shape_in_numbers(text, value):
    assert parse_shape(text).value(SIZES | {"λ": 2}) == value


@given(n=st.integers(1, 100), d=st.integers(1, 100))
def test_arithmetic_is_that_of_python(n, d):
    expected = (n + d, n * d, (n + 7) // (d + 1) + 1, 3 * n - n)
    assert parse_shape("N+D N*D (N+7)//(D+1)+1 3*N-N").value({"N": n, "D": d}) == expected


def test_names_come_in_order_each_once():
    assert parse_shape("N D*H N 3 H").names == ("N", "D", "H")


@pytest.mark.parametrize(
    "token",
    [
        "N,",
        "(N",
        "3N",
        "N/2",
        "N**2",
        "-1",
        "0",
        "1.5",
        "N%2",
        "f(N)",
        "N.size",
        "...",
        "*B",
        "N=3",
        "2-2",
        "1//0",
        "True+N",
        "'N'",
        "__import__('os')",
        "N[0]",
        "N\\",
        "²",
    ],
)
def test_a_malformed_size_is_named_with_the_remedy(token):
    with pytest.raises(ValueError, match="malformed size") as caught:
        parse_shape(f"D {token}")
    assert repr(token) in str(caught.value)
    assert "write sizes parted by blanks" in str(caught.value)


@pytest.mark.parametrize(("text", "name"), [("N-3", "N"), ("H//8", "H"), ("N-D", "N"), ("D//(N-3)", "D")])
def test_a_size_below_one_says_what_to_bound(text, name):
    with pytest.raises(AuditError, match="needs sizes of at least 1") as caught:
        parse_shape(text).value(SIZES)
    assert caught.value.code == "GA004"
    assert f'sizes={{"{name}": (' in caught.value.help


def test_what_is_to_be_filled_in_says_so():
    with pytest.raises(ValueError, match=r"'\?' is no size; write what the line marked FILL IN asks for"):
        parse_shape("?")
