"""A pool that stays takes cases as they come up, and is replaced when it is lost."""

from __future__ import annotations

import os
import signal

import pytest

from gradaudit.configuration import Settings
from gradaudit.discovery import discover
from gradaudit.errors import InternalError
from gradaudit.pipeline import job_of
from gradaudit.planning import plan
from gradaudit.runner.processes.open_pool import OpenPool

SOURCE = """
import os
from gradaudit import audited_backward

def square(x):
    return x**2

def square_backward(dout, x):
    return 2 * x * dout

@audited_backward(forward=square, inputs={"x": "N"})
def who(dout, x):
    with open("hosts.txt", "a") as file:
        print(os.getppid(), file=file)
    return 2 * x * dout

for k in range(3):
    several = audited_backward(forward=square, inputs={"x": "N"})(square_backward)

@audited_backward(forward=square, inputs={"x": "N"})
def dies(dout, x):
    os._exit(3)
"""


@pytest.fixture
def cases(tmp_path, monkeypatch):
    """By the names of their targets."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "layers.py").write_text(SOURCE)
    settings = Settings(root=str(tmp_path))
    return {case.target.qualname: case for case in plan(discover([], settings, str(tmp_path)).targets, settings)}


@pytest.fixture
def pool(tmp_path):
    open_pool = OpenPool(job_of((), Settings(root=str(tmp_path), jobs=1)))
    yield open_pool
    open_pool.close()


def hosts(tmp_path):
    return {int(line) for line in (tmp_path / "hosts.txt").read_text().splitlines()}


def test_one_host_runs_what_is_handed_to_it_one_after_another(cases, pool, tmp_path):
    for _ in range(3):
        (pending,) = pool.submit([cases["who"]])
        assert [outcome.verdict for outcome in pool.wait(pending)] == ["passed"]
    assert len(hosts(tmp_path)) == 1


def test_outcomes_may_be_asked_for_in_any_order(cases, pool):
    who, several, dies = pool.submit([cases["who"], cases["several"], cases["dies"]])
    assert [outcome.findings[0].code for outcome in pool.wait(dies)] == ["GA008"]
    assert [outcome.id for outcome in pool.wait(several)] == [f"layers.py::several[{k}]" for k in range(3)]
    assert [outcome.verdict for outcome in pool.wait(who)] == ["passed"]


def test_a_host_that_is_lost_fails_what_it_ran_and_is_replaced(cases, pool, tmp_path):
    (pending,) = pool.submit([cases["who"]])
    pool.wait(pending)
    (host,) = hosts(tmp_path)
    os.kill(host, signal.SIGKILL)
    (lost,) = pool.submit([cases["who"]])
    with pytest.raises(InternalError, match="ended with status -9"):
        pool.wait(lost)
    (again,) = pool.submit([cases["who"]])
    assert [outcome.verdict for outcome in pool.wait(again)] == ["passed"]
    assert len(hosts(tmp_path)) == 2


def test_a_pool_without_cases_starts_nothing(pool):
    pool.close()
    assert pool._host is None
