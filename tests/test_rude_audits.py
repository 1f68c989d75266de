"""Audited code that does what nobody should: each is its own audit's trouble and nobody else's."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time

import pytest

HEADER = """
import os, sys, threading, time, types
import numpy as np
from gradaudit import audited_backward as ab

def square(x):
    return x * x

def gradient(dout, x):
    return 2 * x * dout

for number in range(3):
    neighbour = ab(forward=square, inputs={"x": "N"}, name=f"{number}")(gradient)

"""

RUDE = {
    "a thread that prints on": (
        """
def forward(x):
    def chatter():
        while True:
            print("tick", flush=True)
            time.sleep(0.005)
    threading.Thread(target=chatter, daemon=True).start()
    return x * x

audit = ab(forward=forward, inputs={"x": "N"}, trials=1)(gradient)
""",
        "passed",
        [],
    ),
    "an exception that interrupts when it is shown": (
        """
class Rude(Exception):
    def __str__(self):
        raise KeyboardInterrupt

def forward(x):
    raise Rude

audit = ab(forward=forward, inputs={"x": "N"})(gradient)
""",
        "error",
        ["GA006"],
    ),
    "a child that returns": (
        """
def forward(x):
    if os.fork() == 0:
        return 3 * x
    os.wait()
    return x * x

audit = ab(forward=forward, inputs={"x": "N"}, trials=1)(gradient)
""",
        "passed",
        [],
    ),
    "a child that exits": (
        """
def forward(x):
    child = os.fork()
    if child == 0:
        sys.exit(0)
    assert os.waitpid(child, 0)[1] == 0
    return x * x

audit = ab(forward=forward, inputs={"x": "N"}, trials=1)(gradient)
""",
        "passed",
        [],
    ),
    "an array that raises when it is read": (
        """
class Rude:
    def __array__(self, *args, **options):
        raise RuntimeError("not for you")

audit = ab(forward=square, inputs={"x": "N"})(lambda dout, x: Rude())
""",
        "error",
        ["GA006"],
    ),
    "a module among modules that is none": (
        """
module = types.ModuleType("odd_one")
module.__file__ = 3
sys.modules["odd_one"] = module
sys.modules["odder_one"] = object()
audit = ab(forward=square, inputs={"x": "N"})(gradient)
""",
        "passed",
        [],
    ),
    "the standard library patched": (
        """
import json, time
json.dumps = json.loads = lambda *args, **options: "patched"
time.perf_counter = lambda: 1 / 0
audit = ab(forward=square, inputs={"x": "N"})(gradient)
""",
        "passed",
        [],
    ),
    "an endless message": (
        """
def forward(x):
    raise ValueError("x" * 10**7)

audit = ab(forward=forward, inputs={"x": "N"})(gradient)
""",
        "error",
        ["GA006"],
    ),
    "a signal to its parent": (
        """
import signal

def forward(x):
    os.kill(os.getppid(), signal.SIGTERM)
    return x * x

audit = ab(forward=forward, inputs={"x": "N"})(gradient)
""",
        "passed",
        [],
    ),
    "an exception on import that can't be shown": (
        """
class Rude(Exception):
    def __str__(self):
        raise SystemExit(7)

audit = ab(forward=square, inputs={"x": "N"})(gradient)
raise Rude
""",
        "error",
        ["GA005"],
    ),
}


@pytest.fixture(scope="module")
def rude(make_project):
    project = make_project()
    for number, (source, _, _) in enumerate(RUDE.values()):
        project.write(**{f"d{number}__m{number}": HEADER + source})
    return project.scan("--jobs", "1", "--timeout", "20")


@pytest.mark.parametrize("what", RUDE)
def test_rudeness_is_its_own_trouble_and_nobody_elses(rude, what):
    number = list(RUDE).index(what)
    _, outcome, codes = RUDE[what]
    audits = {a["id"].partition("::")[2]: a for a in rude.report["audits"] if a["file"] == f"d{number}/m{number}.py"}
    assert audits["audit"]["outcome"] == outcome, audits["audit"]
    assert [finding["code"] for finding in audits["audit"]["findings"]] == codes
    if codes != ["GA005"]:  # a module that can't be imported has no audits in its loop
        neighbours = [a for name, a in audits.items() if name.startswith("neighbour")]
        assert [a["findings"] for a in neighbours if a["outcome"] != "passed"] == []


LOOP = """
import os
import time

from gradaudit import audited_backward


def square(x):
    return x * x


def backward(dout, x):
    if x.shape == (3,):
        time.sleep(60)
    if x.shape == (4,):
        os._exit(1)
    return 2 * x * dout


for size in (3, 5, 4, 6):
    audited_backward(forward=square, inputs={"x": str(size)}, name=f"size {size}")(backward)
"""


def test_an_audit_of_a_loop_that_dies_keeps_its_name_and_takes_no_other_with_it(project):
    ended = project.write(a=LOOP).scan("--timeout", "4")
    outcomes = {"size 3": "error", "size 5": "passed", "size 4": "error", "size 6": "passed"}
    assert ended.outcomes() == {f"backward[{name}]": outcome for name, outcome in outcomes.items()}
    assert (ended.codes("backward[size 3]"), ended.codes("backward[size 4]")) == (["GA007"], ["GA008"])
    assert "gradaudit scan 'a.py::backward[size 4]' --seed 0" in ended.out
    alone = project.scan("a.py::backward[size 4]")
    assert alone.outcomes() == {"backward[size 4]": "error"}


def test_the_whole_run_is_complete_and_its_report_of_a_sensible_size(rude):
    assert rude.status == 1
    assert "incomplete" not in rude.report
    assert rude.err == ""
    assert len(rude.out) < 100_000


def test_a_run_whose_processes_are_killed_reports_what_it_knows(project):
    project.write(
        a=HEADER,
        b="""
import os, time
from gradaudit import audited_backward

def forward(x):
    time.sleep(1)
    os.killpg(0, 9)

audit = audited_backward(forward=forward, inputs={"x": "N"})(lambda dout, x: dout)
""",
    )
    ended = project.scan("--jobs", "1")
    assert ended.status == 3
    assert ended.report["incomplete"] is True
    assert ended.report["audits"][0]["id"] == "a.py::neighbour[0]"
    assert "Traceback" not in ended.err


def test_an_interpreter_that_greets_is_no_trouble(project):
    project.write(a=HEADER)
    (project.root / "greeting").mkdir()
    (project.root / "greeting" / "sitecustomize.py").write_text("print('hello', flush=True)\n")
    environment = {**os.environ, "PYTHONPATH": str(project.root / "greeting"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "gradaudit", "scan", "-q"]
    ended = subprocess.run(command, cwd=project.root, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended
    assert "3 passed" in ended.stdout


@pytest.mark.parametrize("program", ["/bin/ls", "/bin/cat", "/usr/bin/yes"])
def test_a_program_that_talks_but_is_no_interpreter_is_wrong_use(project, program):
    project.write(a=HEADER)
    ended = project.run("scan", "--python", program, timeout=30)
    assert ended.status == 2
    assert program in ended.err


def test_output_of_children_that_are_left_behind_is_cut(project):
    project.write(
        a="""
import glob, os, subprocess, time
from gradaudit import audited_backward

def leaving(x):
    subprocess.Popen(["sh", "-c", "while :; do echo 0123456789; done"])
    return x * x

def looking(x):
    time.sleep(1)
    sizes = [os.path.getsize(path) for path in glob.glob(os.environ["TMPDIR"] + "/gradaudit-*/*.out")]
    assert max(sizes) < 50_000_000, sizes
    return x * x

a = audited_backward(forward=leaving, inputs={"x": "N"}, trials=1)(lambda dout, x: 2 * x * dout)
b = audited_backward(forward=looking, inputs={"x": "N"}, trials=1)(lambda dout, x: 2 * x * dout)
"""
    )
    (project.root / "tmp").mkdir()
    ended = project.scan("--jobs", "1", TMPDIR=str(project.root / "tmp"))
    assert ended.outcomes() == {"a": "passed", "b": "passed"}
    assert list((project.root / "tmp").iterdir()) == []


def test_closed_streams_and_a_deleted_folder(project):
    project.write(a=HEADER)
    gradaudit = f"{sys.executable} -m gradaudit scan"

    def status(command):
        ended = subprocess.run(["bash", "-c", command], cwd=project.root, capture_output=True, text=True, check=False)
        assert "Traceback" not in ended.stderr, ended.stderr
        return ended.returncode

    assert status(f"{gradaudit} 2>&-") == 0
    assert status(f"{gradaudit} -o json=r.json >&-") == 0
    assert (project.root / "r.json").exists()
    assert status(f"{gradaudit} -o text -o json=full.json >/dev/full") == 2
    assert (project.root / "full.json").exists()
    assert status(f"mkdir gone && cd gone && rmdir ../gone && {gradaudit} ../a.py") == 2


def test_odd_file_names(project):
    for name in ("dot.ted.py", "x::y.py", "class.py", "-dash.py", "spa ce'quote.py", "ünï.py"):
        (project.root / name).write_text(HEADER)
    ended = project.scan()
    assert set(ended.outcomes().values()) == {"passed"}
    assert len(ended.report["audits"]) == 18
    assert len(project.scan("x::y.py").report["audits"]) == 3
    assert len(project.scan("x::y.py::neighbour[1]").report["audits"]) == 1


def test_sigterm_before_the_audits_run_is_status_143(project):
    project.write(a="import time\n")
    fifo = project.root / "slow.py"
    os.mkfifo(fifo)  # reading it waits, as a very large tree would
    process = subprocess.Popen(
        [sys.executable, "-m", "gradaudit", "scan", str(fifo)],
        cwd=project.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(600):  # until somebody reads it
        with contextlib.suppress(OSError):
            os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
            break
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.terminate()
    _, err = process.communicate(timeout=10)
    assert process.returncode in {143, 2}  # 2: what is no file may be refused before it is read
    assert "Traceback" not in err
