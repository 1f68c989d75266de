"""What the pipeline makes of messages that no ordinary run has."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

import gradaudit.runner
from gradaudit.commands import run_command
from gradaudit.configuration import Settings
from gradaudit.errors import UsageError
from gradaudit.pipeline import exit_status, scan
from gradaudit.records.outcome import Outcome
from gradaudit.runner.protocol import Message

AUDITS = """
from gradaudit import audited_backward
@audited_backward(forward=abs, inputs={"x": "N"})
def a(dout): ...
@audited_backward(forward=abs, inputs={"x": "N"})
def b(dout): ...
"""


@dataclass
class Saying:
    """An executor that runs nothing."""

    messages: tuple[Message, ...]
    calls: list[str] = field(default_factory=list)

    def prepare(self):
        self.calls.append("prepare")

    def run(self, job):
        self.calls.append(f"run {len(job.cases)}")
        yield from self.messages

    def close(self):
        self.calls.append("close")


@pytest.fixture
def executed(tmp_path, monkeypatch):
    """Scan two audits with an executor that says what it is told to say."""
    (tmp_path / "m.py").write_text(AUDITS)
    monkeypatch.chdir(tmp_path)

    def install(*messages):
        monkeypatch.setattr(gradaudit.runner, "executor", lambda *_: Saying(messages))

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


@pytest.fixture
def said(tmp_path, monkeypatch):
    """Scan a folder, and see what the executor is asked for."""
    monkeypatch.chdir(tmp_path)
    executor = Saying(())
    monkeypatch.setattr(gradaudit.runner, "executor", lambda *_: executor)

    def scanned(*paths, **settings):
        scan(paths, Settings(root=str(tmp_path), **settings), str(tmp_path))
        return executor.calls

    return scanned


def test_the_executor_is_prepared_while_the_source_is_read(said, tmp_path):
    (tmp_path / "m.py").write_text(AUDITS)
    assert said() == ["prepare", "run 2", "close"]


def test_what_was_prepared_in_vain_is_ended(said, tmp_path):
    (tmp_path / "m.py").write_text(AUDITS)
    assert said(keyword="nothing") == ["prepare", "close"]


def test_what_was_prepared_is_ended_when_reading_goes_wrong(said, tmp_path):
    (tmp_path / "m.py").write_text(AUDITS)
    with pytest.raises(UsageError):
        said("m.py::none")
    executor = gradaudit.runner.executor()
    assert executor.calls == ["prepare", "close"]


def test_nothing_is_prepared_for_files_without_audits(said, tmp_path):
    (tmp_path / "m.py").write_text("# audited_backward\n")
    assert said() == []
