"""Many points at once: the same numbers, in as few calls as memory allows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from gradaudit.numerics.checks.textbook import check_elementwise
from gradaudit.numerics.problems import many_points
from gradaudit.numerics.problems.many_points import evaluations
from gradaudit.numerics.problems.remembered import Remembered

from .problems import Counted


@dataclass
class Mapped(Counted):
    """A problem that evaluates any number of points in one call."""

    batches: list[int] = field(default_factory=list)

    def evaluate_many(self, points):
        self.batches.append(len(points))
        return [self.evaluate(point) for point in points]


def cubes(kind=Mapped, size=6):
    point = np.linspace(-1.0, 2.0, size)
    return kind(lambda x: (x**3).sum(), lambda x: (3.0 * x**2,), (point,))


def test_the_textbook_check_takes_all_elements_of_a_block_at_once():
    mapped, one_by_one = cubes(), cubes(Counted)
    assert check_elementwise(mapped).overall_difference == check_elementwise(one_by_one).overall_difference
    assert mapped.batches == [12]
    assert [tuple(point[0]) for point in mapped.points] == [tuple(point[0]) for point in one_by_one.points]


def test_no_more_points_are_made_than_fit(monkeypatch):
    monkeypatch.setattr(many_points, "AT_ONCE", 30)
    mapped = cubes()
    check_elementwise(mapped)
    assert mapped.batches == [5, 5, 2]


def test_points_are_made_when_they_are_needed(monkeypatch):
    monkeypatch.setattr(many_points, "AT_ONCE", 12)
    made = []

    def points():
        for number in range(6):
            made.append(number)
            yield (np.full(6, float(number)),)

    found = evaluations(cubes(), points())
    assert next(found).value == 0.0
    assert made == [0, 1]


@pytest.mark.parametrize("kind", [Counted, Mapped])
def test_what_is_remembered_is_evaluated_once(kind):
    problem = cubes(kind)
    remembered = Remembered(problem)
    first, second = (np.zeros(6),), (np.ones(6),)
    remembered.evaluate(first)
    values = [each.value for each in remembered.evaluate_many([first, second, second])]
    assert values == [0.0, 6.0, 6.0]
    assert problem.evaluations == 2
