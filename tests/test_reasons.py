"""``skip=`` and ``xfail=`` hold where they say why, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from gradaudit.errors import AuditError
from gradaudit.runner.options import reason_of

AUDIT = """
import sys
from gradaudit import audited_backward

def twice(g, x): return 4 * x * g

def square(x): return x**2

audited_backward(forward=square, inputs={"x": "N"}, skip=sys.platform == "nowhere", name="runs")(twice)
audited_backward(forward=square, inputs={"x": "N"}, xfail="", name="fails")(twice)
audited_backward(forward=square, inputs={"x": "N"}, skip=True, name="no reason")(twice)
audited_backward(forward=square, inputs={"x": "N"}, skip=sys.platform != "nowhere" and "why", name="skipped")(twice)
"""


@pytest.mark.parametrize("name", ["skip", "xfail"])
@pytest.mark.parametrize("value", [None, False, "", 0, np.False_])
def test_what_is_false_is_left_out(name, value):
    assert reason_of({name: value}, name) is None


@pytest.mark.parametrize("name", ["skip", "xfail"])
@pytest.mark.parametrize("value", [True, np.True_, 1, 0.0, [], ["slow"], ValueError])
def test_what_says_no_reason_is_refused_with_the_line_to_write(name, value):
    with pytest.raises(AuditError, match=f"^{name}=.*expected the reason as text") as caught:
        reason_of({name: value}, name)
    assert caught.value.code == "GA004"
    assert f'{name}="the reason"' in caught.value.help


def test_a_condition_decides_whether_an_audit_runs(project):
    ended = project.write(a=AUDIT).scan()
    assert ended.outcomes() == {
        "twice[runs]": "failed",
        "twice[fails]": "failed",
        "twice[no reason]": "error",
        "twice[skipped]": "skipped",
    }
    assert ended.codes("twice[no reason]") == ["GA004"]
    assert ended.audit("twice[skipped]")["reason"] == "why"


def test_what_the_source_shows_counts_where_failure_is_not_expected(project):
    source = """
    from gradaudit import audited_backward
    def square(x): return x**2
    @audited_backward(forward=square, inputs={"x": "N"}, xfail=XFAIL)
    def square_backward(dout, x): return 2 * x
    """
    expected = project.write(a=source.replace("XFAIL", '"known"')).run("list")
    assert "GA102" not in expected.out
    assert "GA102" in project.write(a=source.replace("XFAIL", "False")).run("list").out
