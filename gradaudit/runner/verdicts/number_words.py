"""Numbers from numerical derivatives, as a message has them."""

from __future__ import annotations

from fractions import Fraction

# They are good for this much at least.
SAME = 1e-7


def ratio_words(value: float) -> str:
    """A simple fraction, or the number.

    >>> ratio_words(2.0), ratio_words(2 / 3), ratio_words(-0.5), ratio_words(0.1)
    ('2', '2/3', '-1/2', '0.1')
    """
    fraction = Fraction(value).limit_denominator(9)
    simple = fraction and fraction.denominator > 1 and abs(float(fraction) - value) <= SAME * abs(value)
    return str(fraction) if simple else number_words(value)


def number_words(value: float) -> str:
    """Six digits, or nine where it takes those to be told from a rounder number.

    >>> number_words(2.0), number_words(0.25), number_words(2.00002), number_words(1.23456789)
    ('2', '0.25', '2.00002', '1.23456789')
    """
    short = f"{value:.6g}"
    return short if abs(float(short) - value) <= SAME * abs(value) else f"{value:.9g}"
