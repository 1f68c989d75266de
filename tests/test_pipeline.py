"""What the pipeline makes of messages that no ordinary run has."""

from __future__ import annotations

import pytest

import gradaudit.runner
from gradaudit.commands import run_command
from gradaudit.configuration import Settings
from gradaudit.pipeline import exit_status, scan
from gradaudit.records import Outcome
from gradaudit.runner.protocol import Message

AUDITS = """
from gradaudit import audited_backward
@audited_backward(forward=abs, inputs={"x": "N"})
def a(dout): ...
@audited_backward(forward=abs, inputs={"x": "N"})
def b(dout): ...
"""


@pytest.fixture
def executed(tmp_path, monkeypatch):
    """Scan two audits with an executor that says what it is told to say."""
    (tmp_path / "m.py").write_text(AUDITS)
    monkeypatch.chdir(tmp_path)

    def install(*messages):
        monkeypatch.setattr(gradaudit.runner, "execute", lambda *_: (message for message in messages))

    return install


PASSED = Outcome("m.py::a", "m.py", 4, "passed")


def test_a_failure_of_ours_is_status_three_and_loses_no_other_result(executed, tmp_path, capsys):
    executed(Message(0, outcome=PASSED), Message(1, failure="m.py::b: Traceback of ours\n"))
    run = scan([], Settings(root=str(tmp_path)), str(tmp_path))
    assert exit_status(run, Settings()) == 3
    assert [outcome.id for outcome in run.report.audits] == ["m.py::a"]
    assert (run.report.incomplete, run.report.not_run) == ("gradaudit itself failed", 1)
    assert run_command("scan", [], None, {}) == 3
    assert "Traceback of ours" in capsys.readouterr().err


def test_outcomes_are_in_the_order_of_the_source_whenever_they_come(executed, tmp_path):
    later = Outcome("m.py::b", "m.py", 6, "failed")
    executed(Message(1, outcome=later), Message(0, outcome=PASSED))
    run = scan([], Settings(root=str(tmp_path)), str(tmp_path))
    assert [outcome.id for outcome in run.report.audits] == ["m.py::a", "m.py::b"]


def test_progress_counts_audits_that_turn_up_on_the_way(executed, tmp_path):
    executed(
        Message(0, outcome=PASSED, more=2), Message(0, 1, PASSED), Message(0, 2, PASSED), Message(1, outcome=PASSED)
    )
    seen = []
    scan([], Settings(root=str(tmp_path)), str(tmp_path), lambda *state: seen.append(state[:2]))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_an_interrupt_before_the_audits_run_is_status_130(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("gradaudit.configuration.load", interrupted)
    assert run_command("scan", [], None, {}) == 130
