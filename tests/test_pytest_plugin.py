"""With --gradaudit pytest runs audits as items, with the outcomes of a scan; without it nothing of ours is there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree

ROOT = Path(__file__).parent.parent

LAYERS = """
import os
import time
import numpy as np
from gradaudit import audited_backward

def square(x):
    return x**2

@audited_backward(forward=square, inputs={"x": "N"})
def right_backward(dout, x):
    return 2 * x * dout

@audited_backward(forward=square, inputs={"x": "N"}, name="a label")
def wrong_backward(dout, x):
    return x * dout

@audited_backward(forward=square, inputs={"x": "N"}, skip="not today")
def skipped_backward(dout, x):
    return x * dout

@audited_backward(forward=square, inputs={"x": "N"}, xfail="half of it is missing")
def known_backward(dout, x):
    return x * dout

@audited_backward(forward=square, inputs={"x": "N"}, xfail="it was wrong once")
def repaired_backward(dout, x):
    return 2 * x * dout

@audited_backward(forward=np.sign, inputs={"x": "N"})
def zero_backward(dout, x):
    return 0 * x * dout

@audited_backward(forward=square, inputs={"x": "N"})
def crashing_backward(dout, x):
    os.kill(os.getpid(), 11)

@audited_backward(forward=square, inputs={"x": "N"}, timeout=0.5)
def hanging_backward(dout, x):
    time.sleep(60)

@audited_backward(forward=np.copy, inputs={"a": "N"})
def aliased_backward(dout, a):
    return dout

for k in range(2):
    looped = audited_backward(forward=square, inputs={"x": "N"})(right_backward if k else wrong_backward)
"""
OUTCOMES = {
    "right_backward": "passed",
    "wrong_backward[a label]": "failed",
    "skipped_backward": "skipped",
    "known_backward": "xfailed",
    "repaired_backward": "failed",
    "zero_backward": "skipped",
    "crashing_backward": "failed",
    "hanging_backward": "failed",
    "aliased_backward": "passed",
    "looped": "failed",
}
RIGHT_AND_WRONG = LAYERS.partition('@audited_backward(forward=square, inputs={"x": "N"}, skip')[0]


@dataclass(frozen=True)
class Session:
    """A pytest session that has ended."""

    status: int
    out: str
    err: str
    cases: dict

    @property
    def outcomes(self):
        return {name: outcome_of(case) for name, case in self.cases.items()}


def environment(**more):
    """The plugin is loaded by its module's name, whether it is installed or not, and beside it only what is named."""
    return {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT), "COLUMNS": "120", **more}


def pytest_command(*words, workers=0):
    parallel = ["-p", "xdist.plugin", "-n", str(workers)] if workers else []
    return [sys.executable, "-m", "pytest", "-p", "gradaudit.pytest_plugin", *parallel, *words]


def run(folder, *words, report=None, **options):
    report = report or folder / "report.xml"
    command = pytest_command(f"--junitxml={report}", "-o", "junit_family=xunit1", *words, **options)
    ended = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=False, timeout=240
    )
    cases = {case.get("name"): case for case in etree.parse(report).iter("testcase")} if report.exists() else {}
    return Session(ended.returncode, ended.stdout, ended.stderr, cases)


def outcome_of(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    skipped = case.find("skipped")
    return "passed" if skipped is None else {"pytest.xfail": "xfailed", "pytest.skip": "skipped"}[skipped.get("type")]


def write(folder, source=LAYERS, configuration=""):
    """A file that is no test module beside one that is, and a configuration of gradaudit."""
    (folder / "layers.py").write_text(source.lstrip())
    (folder / "test_other.py").write_text("def test_other(): pass\n")
    (folder / "gradaudit.toml").write_text(configuration)
    (folder / "pytest.ini").write_text("[pytest]\n")
    return folder


def printed_by_scan(folder, audit):
    command = [sys.executable, "-m", "gradaudit", "scan", "--color=never", "--quiet", f"layers.py::{audit}"]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    return done.stdout.partition("\n\n")[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write(tmp_path_factory.mktemp("layers"))


@pytest.fixture(scope="module", params=[0, 2], ids=["one process", "pytest-xdist"])
def session(folder, request):
    report = folder / f"report-{request.param}.xml"
    return run(folder, "--gradaudit", "-rsxf", "-W", "error", workers=request.param, report=report)


def test_each_audit_is_an_item_with_the_outcome_of_a_scan(session):
    assert session.outcomes == {**OUTCOMES, "test_other": "passed"}, session.out
    assert session.status == pytest.ExitCode.TESTS_FAILED


def test_reasons_are_told(session):
    for line in (
        "SKIPPED [1] layers.py:18: not today",
        "SKIPPED [1] layers.py:30: inconclusive: the gradient of x is zero at every point tried",
        "FAILED layers.py::wrong_backward[a label] - the gradient of x is 1/2 × the numeric one",
        "FAILED layers.py::crashing_backward - error: its process died: SIGSEGV",
        "FAILED layers.py::hanging_backward - error: not done after 0.5 s",
        "FAILED layers.py::repaired_backward - it passes, though it is declared to fail",
    ):
        assert f"\n{line}" in session.out
    assert session.cases["known_backward"].find("skipped").get("message").endswith("half of it is missing")


def test_the_text_of_a_failure_is_that_of_a_scan_and_has_no_frames_of_ours(session, folder):
    block = printed_by_scan(folder, "wrong_backward")
    assert block.startswith("✗ layers.py::wrong_backward[a label]\n  layers.py:14: failed")
    assert block in session.out
    assert "pytest_plugin" not in session.out


def test_a_warning_is_shown_and_does_not_fail_even_where_warnings_are_errors(session):
    assert "layers.py:42: AuditWarning: GA306 aliased-gradient (warning) in a: " in session.out
    assert "1 warning" in session.out


def test_junit_xml_says_why(session):
    failure = session.cases["wrong_backward[a label]"].find("failure")
    assert failure.get("message").startswith("the gradient of x is 1/2 × the numeric one")
    assert "GA203 scaled-gradient in x" in failure.text
    assert session.cases["skipped_backward"].find("skipped").get("message") == "not today"


def modules_loaded(folder, *words):
    (folder / "conftest.py").write_text(
        "import sys\n"
        "def pytest_unconfigure():\n"
        "    ours = [name for name in sys.modules if name.partition('.')[0] in ('gradaudit', 'numpy')]\n"
        "    open('modules.txt', 'w').write(' '.join(ours))\n"
    )
    session = run(folder, *words)
    return session, set((folder / "modules.txt").read_text().split())


def test_switched_off_it_is_one_module_beside_the_package_and_collects_nothing(tmp_path):
    session, modules = modules_loaded(write(tmp_path))
    assert modules == {"gradaudit", "gradaudit.declaration", "gradaudit.pytest_plugin"}
    assert session.outcomes == {"test_other": "passed"}


def test_switched_on_it_leaves_numpy_to_the_processes_that_run_audits(tmp_path):
    session, modules = modules_loaded(write(tmp_path, RIGHT_AND_WRONG), "--gradaudit")
    assert session.outcomes["right_backward"] == "passed"
    assert "gradaudit.pytest_plugin.session" in modules
    assert "numpy" not in modules


@pytest.mark.parametrize(
    ("words", "outcomes"),
    [
        (["--strict-markers", "-m", "not gradaudit"], {"test_other": "passed"}),
        (["-m", "gradaudit", "-k", "right"], {"right_backward": "passed"}),
        (["layers.py::wrong_backward[a label]"], {"wrong_backward[a label]": "failed"}),
    ],
    ids=["marker", "keyword", "id"],
)
def test_audits_are_selected_as_tests_are(tmp_path, words, outcomes):
    assert run(write(tmp_path, RIGHT_AND_WRONG), "--gradaudit", *words).outcomes == outcomes


def test_the_ini_option_switches_it_on(tmp_path):
    write(tmp_path, RIGHT_AND_WRONG)
    (tmp_path / "pytest.ini").write_text("[pytest]\ngradaudit = true\n")
    assert run(tmp_path, "--strict-config", "-k", "right").outcomes == {"right_backward": "passed"}


def test_what_is_excused_fails_where_that_is_asked_for(tmp_path):
    write(tmp_path, configuration="fail-on-inconclusive = true")
    session = run(tmp_path, "--gradaudit", "--runxfail", "-k", "known or zero")
    assert session.outcomes == {"known_backward": "failed", "zero_backward": "failed"}


def test_an_audit_whose_findings_are_all_ignored_neither_fails_nor_passes(tmp_path):
    write(tmp_path, configuration="ignore = ['GA0', 'GA2']")
    assert run(tmp_path, "--gradaudit", "-k", "crashing").outcomes == {"crashing_backward": "skipped"}


def test_a_wrong_gradient_that_a_comment_ignores_is_skipped_and_what_is_in_the_baseline_fails_as_expected(tmp_path):
    commented = LAYERS.replace("def known_backward(dout, x):", "def known_backward(dout, x):  # gradaudit: ignore[GA2]")
    write(tmp_path, commented.replace(', xfail="half of it is missing"', ""), 'baseline = "base.json"')
    known = '{"path": "layers.py", "name": "wrong_backward[a label]", "code": "GA203", "gradient": "x"}'
    (tmp_path / "base.json").write_text(f'{{"schema": 1, "findings": [{known}]}}')
    session = run(tmp_path, "--gradaudit", "-k", "known or wrong")
    assert session.outcomes == {"known_backward": "skipped", "wrong_backward[a label]": "xfailed"}


def test_a_broken_baseline_is_one_line(tmp_path):
    write(tmp_path, configuration='baseline = "base.json"')
    (tmp_path / "base.json").write_text("{")
    session = run(tmp_path, "--gradaudit")
    assert session.status == pytest.ExitCode.USAGE_ERROR
    assert f"gradaudit: {tmp_path}/gradaudit.toml: baseline: " in session.err
    assert "Traceback" not in session.err


def test_a_session_stops_at_a_failure_and_starts_with_it_where_that_is_asked_for(tmp_path):
    write(tmp_path)
    first = run(tmp_path, "--gradaudit", "-x", "layers.py")
    assert first.outcomes == {"right_backward": "passed", "wrong_backward[a label]": "failed"}
    assert run(tmp_path, "--gradaudit", "--lf", "layers.py").outcomes == {"wrong_backward[a label]": "failed"}


def test_a_file_that_can_not_be_parsed_fails_unless_the_rule_is_ignored(tmp_path):
    write(tmp_path, "from gradaudit import audited_backward\nx = = 3")
    words = ["--gradaudit", "-m", "gradaudit"]
    session = run(tmp_path, *words)
    assert session.outcomes == {"GA001": "failed"}
    assert "\nlayers.py:2: GA001 syntax-error: can't be parsed: invalid syntax\n" in session.out
    write(tmp_path, "from gradaudit import audited_backward\nx = = 3", "ignore = ['GA001']")
    assert run(tmp_path, *words).outcomes == {"GA001": "skipped"}


def test_files_that_a_scan_leaves_out_are_left_out_unless_they_are_named(tmp_path):
    write(tmp_path, RIGHT_AND_WRONG, "exclude = ['layers.py']")
    assert run(tmp_path, "--gradaudit").outcomes == {"test_other": "passed"}
    assert run(tmp_path, "--gradaudit", "layers.py", "-k", "right").outcomes == {"right_backward": "passed"}


def test_a_mistake_in_the_configuration_is_one_line(tmp_path):
    session = run(write(tmp_path, configuration="seeds = 3"), "--gradaudit")
    assert session.status == pytest.ExitCode.USAGE_ERROR
    place = tmp_path / "gradaudit.toml"
    assert session.err.strip() == f"ERROR: gradaudit: {place}: seeds: unknown key; did you mean 'seed'?"


def test_an_interpreter_that_is_none_fails_each_audit_with_the_reason(tmp_path):
    write(tmp_path, RIGHT_AND_WRONG, "python = './nothing'")
    session = run(tmp_path, "--gradaudit", "layers.py")
    assert session.outcomes == {"right_backward": "failed", "wrong_backward[a label]": "failed"}
    assert session.out.count(f"\n--python: {tmp_path / 'nothing'} can't be started: ") == 2


def test_the_configuration_counts_as_in_a_scan(tmp_path):
    write(tmp_path, RIGHT_AND_WRONG, "seed = 7\nmode = 'elementwise'")
    session = run(tmp_path, "--gradaudit", "-k", "wrong")
    block = printed_by_scan(tmp_path, "wrong_backward")
    assert "seed 7" in block
    assert block in session.out


@pytest.mark.parametrize("workers", [0, 1], ids=["one process", "pytest-xdist"])
def test_an_interrupt_leaves_no_process_and_no_file_behind(tmp_path, interruptible, workers):
    write(tmp_path, RIGHT_AND_WRONG.replace("return 2 * x * dout", "open('started', 'w').close(); time.sleep(60)"))
    files = tmp_path / "temporary"
    files.mkdir()
    # Hosts have the folder of their files among their arguments.
    session = subprocess.Popen(
        [*interruptible, *pytest_command("--gradaudit", workers=workers)],
        cwd=tmp_path,
        env=environment(TMPDIR=str(files)),
        stdout=subprocess.DEVNULL,
    )
    wait_until((tmp_path / "started").exists)
    assert processes_that_mention(str(files))
    session.send_signal(signal.SIGINT)
    session.wait(60)
    wait_until(lambda: not processes_that_mention(str(files)))
    wait_until(lambda: not list(files.glob("gradaudit-*")))


def processes_that_mention(text):
    return [path for path in Path("/proc").glob("[0-9]*/cmdline") if text.encode() in bytes_of(path)]


def bytes_of(path):
    try:
        return path.read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


def wait_until(condition):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come about within a minute")


@pytest.fixture(scope="module")
def scanned_examples(tmp_path_factory):
    report = tmp_path_factory.mktemp("scan") / "report.json"
    command = [sys.executable, "-m", "gradaudit", "scan", "examples", f"--output=json={report}"]
    subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, check=False)
    return {audit["id"]: audit["outcome"] for audit in json.loads(report.read_text())["audits"]}


@pytest.mark.parametrize("workers", [0, 2], ids=["one process", "pytest-xdist"])
def test_the_examples_end_as_in_a_scan(scanned_examples, tmp_path, workers):
    # Without the options of this project's own tests.
    words = ["-o", "addopts=", "-p", "no:cacheprovider", "--gradaudit", "examples"]
    session = run(ROOT, *words, workers=workers, report=tmp_path / "report.xml")
    names = [case.get("file").partition(":cell")[0] + f"::{name}" for name, case in session.cases.items()]
    assert dict(zip(names, session.outcomes.values(), strict=True)) == scanned_examples
    assert len(names) > 20
