"""What audited code may do to its process, and what that does to the others: nothing."""

from __future__ import annotations

import ast
import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path

import numpy as np
import pytest

from gradaudit.runner.processes import host, hosting

HOSTILE = Path(__file__).parent / "samples" / "hostile" / "hostile_audits.py"
HEADER = "import numpy as np\nfrom gradaudit import audited_backward\n"
RIGHT = "@audited_backward(forward=lambda x: x**2, inputs={'x': 'N'})\ndef right(dout, x): return 2 * x * dout\n"


@pytest.fixture(scope="module")
def hostile(shared_project):
    shutil.copy(HOSTILE, shared_project.root)
    begin = time.monotonic()
    return shared_project.scan(), time.monotonic() - begin


def test_crash_hang_and_exit_are_errors_and_the_others_pass(hostile):
    ended, _ = hostile
    assert ended.outcomes() == {
        "segfault_backward": "error",
        "endless_backward": "error",
        "exit_backward": "error",
        "flood_backward": "passed",
        "right_backward": "passed",
    }
    assert ended.codes("segfault_backward") == ["GA008"]
    assert ended.codes("endless_backward") == ["GA007"]
    assert ended.codes("exit_backward") == ["GA008"]
    assert ended.status == 1


def test_no_audit_waits_for_a_timeout_but_the_one_that_hangs(hostile):
    _, seconds = hostile
    assert seconds < 50  # the default timeout of the others is 60 s: none of them may have run into it


def test_signals_and_exit_codes_are_named(hostile):
    ended, _ = hostile
    assert "SIGSEGV" in ended.audit("segfault_backward")["findings"][0]["message"]
    assert "exit code 0" in ended.audit("exit_backward")["findings"][0]["message"]


def test_the_stack_shows_where_it_hung_and_crashed(hostile):
    ended, _ = hostile
    for name in ("segfault_backward", "endless_backward"):
        output = ended.audit(name)["output"]
        assert f"in {name}" in output
        assert "gradaudit/runner" not in output


def test_results_are_in_the_order_of_the_source(hostile):
    ended, _ = hostile
    lines = [audit["line"] for audit in ended.report["audits"]]
    assert lines == sorted(lines)


def test_output_is_shown_with_failures_only(project):
    project.write(
        a=HEADER
        + RIGHT.replace("return 2", "print('quiet'); return 2")
        + RIGHT.replace("def right", "def wrong").replace("return 2", "print('loud'); return 3")
    )
    ended = project.scan()
    assert "output" not in ended.audit("right")
    assert ended.audit("wrong")["output"].splitlines()[0] == "loud"
    assert "loud" in ended.out
    assert "quiet" not in ended.out


VANDAL = (
    HEADER
    + """
import os, random, sys, warnings

@audited_backward(forward=lambda x: x**2, inputs={'x': 'N'})
def vandal(dout, x):
    os.chdir('/')
    sys.path[:] = []
    np.seterr(all='raise')
    warnings.simplefilter('error')
    np.random.seed(0)
    random.seed(0)
    os.environ['PATH'] = ''
    sys.stdout.close()
    try:
        os.close(1)
    except OSError:  # closed in the trial before
        pass
    return 2 * x * dout

@audited_backward(forward=lambda x: x**2, inputs={'x': 'N'})
def victim(dout, x):
    import csv, json.tool  # needs the path
    assert os.getcwd() != '/'
    assert os.environ['PATH']
    np.float64(1e-320) * 1e-320  # would raise
    warnings.warn('would raise')
    print('still works')
    return 2 * x * dout
"""
)


def test_what_one_audit_changes_does_not_reach_the_next(project):
    project.write(a=VANDAL)
    assert project.scan("--jobs", "1").outcomes() == {"vandal": "passed", "victim": "passed"}


def test_two_files_of_one_name_and_packages_under_src(project):
    project.write(
        one__layers=HEADER + "from parts import two\n" + RIGHT.replace("2 *", "two *"),
        one__parts="two = 2",
        other__layers=HEADER + "from parts import two\n" + RIGHT.replace("2 *", "two *"),
        other__parts="two = 3",
        src__pkg__scale="two = 2",
        audits__of_pkg=HEADER + "from pkg.scale import two\n" + RIGHT.replace("2 *", "two *"),
    )
    (project.root / "src" / "pkg" / "__init__.py").touch()
    ended = project.scan("--jobs", "1")
    assert {audit["file"]: audit["outcome"] for audit in ended.report["audits"]} == {
        "audits/of_pkg.py": "passed",
        "one/layers.py": "passed",
        "other/layers.py": "failed",
    }


def processes_that_mention(text):
    """Command lines of the machine's processes that have `text` in them."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if text in command:
            found.append(command)
    return found


SLEEPER = (
    HEADER
    + RIGHT
    + """
@audited_backward(forward=lambda x: x**2, inputs={'x': 'N'})
def endless(dout, x):
    import pathlib, subprocess
    subprocess.Popen(['sleep', '1234.5'])
    pathlib.Path('started').touch()
    while True:
        pass
"""
)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to see which processes are left")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_reports_what_is_known_and_leaves_nothing_behind(project, interruptible, number, status):
    project.write(a=SLEEPER)
    command = [*interruptible, sys.executable, "-m", "gradaudit", "scan", "--jobs", "1"]
    command += ["-o", "json=r.json", "-o", "junit=r.xml", "-o", "markdown=r.md", "-o", "text"]
    marker = f"gradaudit-test-{os.getpid()}-{int(number)}"
    (project.root / marker).mkdir()
    environment = {**os.environ, "TMPDIR": str(project.root / marker)}
    process = subprocess.Popen(
        command,
        cwd=project.root,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    for _ in range(600):
        if (project.root / "started").exists():
            break
        time.sleep(0.05)
    process.send_signal(number)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == status
    assert "interrupted" in out
    report = json.loads((project.root / "r.json").read_text())
    assert report["incomplete"] is True
    assert report["not_run"] == 1
    assert [audit["outcome"] for audit in report["audits"]] == ["passed"]
    assert "interrupted" in (project.root / "r.xml").read_text()
    assert "interrupted" in (project.root / "r.md").read_text()
    assert processes_that_mention(marker) == []  # the host has its folder below TMPDIR among its arguments
    assert processes_that_mention("sleep 1234.5") == []
    assert list((project.root / marker).iterdir()) == []


def test_a_killed_parent_leaves_no_worker(project):
    project.write(a=SLEEPER)
    folder = project.root / f"gradaudit-test-kill-{os.getpid()}"
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "gradaudit", "scan"],
        cwd=project.root,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(folder)},
    )
    for _ in range(600):
        if (project.root / "started").exists():
            break
        time.sleep(0.05)
    process.kill()
    process.wait()
    for _ in range(100):
        if not processes_that_mention(folder.name):
            break
        time.sleep(0.05)
    assert processes_that_mention(folder.name) == []


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory):
    """An interpreter with NumPy and nothing else: neither gradaudit nor its dependencies."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False, symlinks=True)
    (packages,) = (folder / "lib").glob("python*/site-packages")
    installed = Path(np.__file__).parent
    for name in ("numpy", "numpy.libs"):
        if (installed.parent / name).exists():
            (packages / name).symlink_to(installed.parent / name)
    return folder / "bin" / "python"


ELSEWHERE = (
    HEADER
    + """
import sys
try:
    import pebble
    pebble_is_visible = True
except ImportError:
    pebble_is_visible = False
try:
    import typer
    typer_is_visible = True
except ImportError:
    typer_is_visible = False

@audited_backward(forward=lambda x: x**2, inputs={'x': 'N'})
def right(dout, x):
    assert not typer_is_visible
    print(sys.prefix)
    return 2 * x * dout

@audited_backward(forward=lambda x: x**2, inputs={'x': 'N'})
def wrong(dout, x):
    print(sys.prefix)
    return x * dout
"""
)


def test_audits_run_in_another_interpreter_that_has_neither_us_nor_our_dependencies(project, bare_python):
    subprocess.run([bare_python, "-c", "import numpy"], check=True)
    imported = [bare_python, "-I", "-c", "import gradaudit"]
    assert subprocess.run(imported, check=False, capture_output=True).returncode == 1
    project.write(a=ELSEWHERE)
    ended = project.scan("--python", bare_python)
    assert ended.outcomes() == {"right": "passed", "wrong": "failed"}
    assert ended.audit("wrong")["output"].splitlines()[0] == str(bare_python.parent.parent)
    assert f"--python {bare_python}" in ended.audit("wrong")["reproduce"]


def test_an_interpreter_without_numpy_is_told_for_each_audit(project, tmp_path_factory):
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, with_pip=False, symlinks=True)
    project.write(a=HEADER + RIGHT)
    ended = project.scan("--python", folder / "bin" / "python")
    assert ended.status == 1
    (finding,) = ended.audit("right")["findings"]
    assert finding["code"] == "GA005"
    assert str(folder / "bin" / "python") in finding["message"]
    assert "numpy" in finding["help"]


@pytest.mark.parametrize("path", ["/no/such/python", "/bin/false", "/etc/hostname"])
def test_what_is_no_interpreter_is_wrong_usage(project, path):
    project.write(a=HEADER + RIGHT)
    ended = project.run("scan", "--python", path)
    assert ended.status == 2
    assert path in ended.err
    assert "Traceback" not in ended.err


def test_a_hooks_own_environment_suggests_the_projects_interpreter(project, tmp_path_factory, bare_python):
    folder = tmp_path_factory.mktemp("cache") / "pre-commit" / "repo1" / "py_env-python3"
    venv.create(folder, with_pip=False, symlinks=True)
    (packages,) = (folder / "lib").glob("python*/site-packages")
    (packages / "numpy").symlink_to(Path(np.__file__).parent)
    if (libs := Path(np.__file__).parent.parent / "numpy.libs").exists():
        (packages / "numpy.libs").symlink_to(libs)
    project.write(a="import a_package_of_the_project\n" + HEADER + RIGHT)
    (finding,) = project.scan("--python", folder / "bin" / "python").audit("right")["findings"]
    assert finding["code"] == "GA005"
    assert "a_package_of_the_project" in finding["message"]
    assert "--python PATH" in finding["help"]


def test_a_loaded_host_that_is_too_old_is_wrong_usage(project, tmp_path):
    old = tmp_path / "old-python"
    program = "import runpy, sys; sys.version_info = (3, 9, 1); sys.argv = sys.argv[1:]; "
    program += "runpy.run_path(sys.argv[0], run_name='__main__')"
    old.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{program}" "$@"\n')
    old.chmod(0o755)
    project.write(a=HEADER + RIGHT)
    ended = project.run("scan", "--python", old)
    assert ended.status == 2
    assert "Python 3.9.1" in ended.err
    assert "3.10 or later" in ended.err


def test_the_program_of_the_host_is_read_by_pythons_that_are_too_old_for_it():
    ast.parse(inspect.getsource(host), feature_version=(3, 7))
    with pytest.raises(SyntaxError, match=r"3\.10"):
        ast.parse(inspect.getsource(hosting), feature_version=(3, 7))


def test_a_folder_for_temporary_files_that_is_none_is_passed_over(project):
    project.write(a=HEADER + RIGHT)
    assert project.scan(TMPDIR=str(project.root / "missing")).outcomes() == {"right": "passed"}


def test_stop_after_the_first_failure(project):
    project.write(a=HEADER + RIGHT.replace("2 *", "3 *") + RIGHT.replace("def right", "def later") * 1)
    ended = project.scan("-x", "--jobs", "1")
    assert ended.outcomes() == {"right": "failed"}
    assert ended.report["not_run"] == 1
    assert "stopped after 1 failure" in ended.out
    assert ended.status == 1


def test_functions_that_a_module_calls_declare_an_audit_a_call(project):
    project.write(
        a="""
        from functools import partial

        from gradaudit import audited_backward


        def register(forward, backward, **options):
            return audited_backward(forward=forward, inputs={"x": "N"}, **options)(backward)


        def make(k):
            def forward(x):
                return k * x

            @audited_backward(forward=forward, inputs={"x": "N"})
            def backward(dout, x):
                return k * dout

            return forward, backward


        class Registered:
            def __init__(self, k):
                audited_backward(forward=self.forward, inputs={"x": "N"})(self.backward)

            def forward(self, x):
                return x * x

            def backward(self, dout, x):
                return 2 * x * dout


        def audit(**options):
            return audited_backward(inputs={"x": "N"}, **options)


        @audit(forward=lambda x: x * x)
        def wrapped_backward(dout, x):
            return dout * x


        right = register(lambda x: x * x, lambda dout, x: 2 * x * dout)
        wrong = register(lambda x: x * x, lambda dout, x: x * dout, name="half")
        make(3.0)
        Registered(2.0)
        """
    )
    ended = project.scan()
    assert ended.outcomes() == {
        "register.backward[0]": "passed",
        "register.backward[half]": "failed",
        "make.backward[0]": "passed",
        "Registered.__init__.self.backward[0]": "passed",
        "audit.audited_backward[0]": "failed",
    }
