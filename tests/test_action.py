"""The action's own steps, run as GitHub runs them, with the runner's files and folders faked.

The install step is real too: it installs a stand-in for the action's checkout, a package that points to this one and
that pip builds without an index.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["id"]: step for step in ACTION["runs"]["steps"]}
COUNTS = ("audits", "passed", "failed", "inconclusive", "error", "skipped", "xfailed")

RIGHT = """
from gradaudit import audited_backward

def square(x):
    return x**2

@audited_backward(forward=square, inputs={"x": "N"})
def square_backward(dout, x):
    return 2 * x * dout
"""
WRONG = RIGHT.replace("2 * x * dout", "x * dout")
BROKEN = RIGHT.replace("return x**2", "print('::error::from the audited code', flush=True); raise ValueError(x)")

# A build backend of its own, so that pip needs no other: a wheel with nothing but a path file.
BACKEND = """
import zipfile

FILES = {
    "METADATA": "Metadata-Version: 2.1\\nName: gradaudit\\nVersion: 0\\n",
    "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    "RECORD": "",
}

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = "gradaudit-0-py3-none-any.whl"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        wheel.writestr("gradaudit_stand_in.pth", open("paths.txt").read())
        for file, text in FILES.items():
            wheel.writestr(f"gradaudit-0.dist-info/{file}", text)
    return name
"""
PROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'


def evaluate(text, inputs):
    """A value of `action.yml` with its expressions replaced, as GitHub does before it starts the step."""
    defaults = {name: declared["default"] for name, declared in ACTION["inputs"].items()}
    return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: {**defaults, **inputs}[match[1]], text)


@pytest.fixture(scope="module")
def runner(tmp_path_factory):
    """The environment of a job: the action is checked out, and `python` is the interpreter of these tests."""
    home = tmp_path_factory.mktemp("runner")
    checkout, programs = home / "checkout", home / "bin"
    for folder in (checkout, programs, home / "temp"):
        folder.mkdir()
    (checkout / "backend.py").write_text(BACKEND)
    (checkout / "pyproject.toml").write_text(PROJECT)
    (checkout / "paths.txt").write_text(f"{ROOT}\n{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    (programs / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (programs / "python").chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_", "GITHUB_"))}
    return {
        **kept,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PIP_NO_INDEX": "1",
        "RUNNER_TEMP": str(home / "temp"),
        "GITHUB_ACTION_PATH": str(checkout),
    }


def run_step(name, runner, folder, inputs=None):
    """The finished process of one step of the action."""
    step = STEPS[name]
    files = {"GITHUB_OUTPUT": folder / "github-output", "GITHUB_STEP_SUMMARY": folder / "github-summary"}
    for file in files.values():
        file.touch()
    environment = {variable: evaluate(value, inputs or {}) for variable, value in step.get("env", {}).items()}
    return subprocess.run(
        # What GitHub makes of `shell: bash`.
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder / evaluate(step.get("working-directory", "."), inputs or {}),
        env={**runner, **environment, **{variable: str(file) for variable, file in files.items()}},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def installed(runner, tmp_path_factory):
    """The same job after the install step."""
    done = run_step("install", runner, tmp_path_factory.mktemp("job"))
    assert done.returncode == 0, done.stdout + done.stderr
    return runner


@pytest.fixture
def project(tmp_path):
    (tmp_path / "right.py").write_text(RIGHT)
    (tmp_path / "wrong.py").write_text(WRONG)
    return tmp_path


def outputs(folder):
    lines = (folder / "github-output").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_no_expression_is_written_into_a_script():
    assert all("${{" not in step["run"] for step in STEPS.values())


def test_every_input_reaches_the_scan():
    handed_on = " ".join(STEPS["scan"]["env"].values()) + STEPS["scan"]["working-directory"]
    assert set(re.findall(r"inputs\.([\w-]+)", handed_on)) == set(ACTION["inputs"])


def test_gradaudit_is_installed_from_the_checkout_into_an_environment_of_its_own(installed):
    python = Path(installed["RUNNER_TEMP"]) / "gradaudit" / "environment" / "bin" / "python"
    shown = subprocess.run(
        [python, "-m", "pip", "show", "--files", "gradaudit"], capture_output=True, text=True, check=True
    ).stdout
    assert "gradaudit_stand_in.pth" in shown
    assert str(installed["RUNNER_TEMP"]) in shown


def test_a_wrong_gradient_fails_the_step_and_is_counted(installed, project):
    done = run_step("scan", installed, project)
    assert done.returncode == 1, done.stdout + done.stderr
    found = outputs(project)
    assert {name: found[name] for name in COUNTS} == {
        "audits": "2", "passed": "1", "failed": "1", "inconclusive": "0", "error": "0", "skipped": "0", "xfailed": "0"
    }  # fmt: skip
    assert found["exit-status"] == "1"


def test_every_declared_output_is_written(installed, project):
    run_step("scan", installed, project)
    declared = {re.fullmatch(r"\$\{\{ steps\.scan\.outputs\.([\w-]+) \}\}", output["value"])[1]: name
                for name, output in ACTION["outputs"].items()}  # fmt: skip
    assert all(source == name for source, name in declared.items())
    assert set(outputs(project)) == set(declared)


def test_right_gradients_pass_the_step(installed, project):
    done = run_step("scan", installed, project, {"paths": "right.py"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert outputs(project)["passed"] == "1"


def test_the_report_is_added_to_the_summary_of_the_job(installed, project):
    (project / "github-summary").write_text("what another step wrote\n")
    run_step("scan", installed, project)
    summary = (project / "github-summary").read_text()
    assert summary.startswith("what another step wrote\n")
    assert "wrong.py" in summary


def test_the_summary_can_be_left_out(installed, project):
    run_step("scan", installed, project, {"summary": "false"})
    assert (project / "github-summary").read_text() == ""


def annotations(done):
    """The commands to the runner that follow the report."""
    lines = done.stdout.splitlines()
    [stop] = [number for number, line in enumerate(lines) if line.startswith("::stop-commands::")]
    resume = lines.index("::" + lines[stop].removeprefix("::stop-commands::") + "::")
    return lines[resume + 1 :]


def test_the_wrong_gradient_is_marked_in_its_file_once_commands_are_obeyed_again(installed, project):
    done = run_step("scan", installed, project)
    [annotation] = annotations(done)
    assert annotation.startswith("::error file=wrong.py,line=8,endLine=8,col=1,endColumn=20,title=GA203 ")


def test_annotations_can_be_left_out(installed, project):
    assert annotations(run_step("scan", installed, project, {"annotations": "false"})) == []


def test_in_a_folder_of_the_repository_paths_start_at_its_top_level(installed, project):
    (project / ".git").mkdir()
    (project / "package").mkdir()
    (project / "package" / "pyproject.toml").write_text("[tool.gradaudit]\n")
    (project / "package" / "wrong.py").write_text(WRONG)
    done = run_step("scan", installed, project, {"working-directory": "package"})
    assert annotations(done)[0].startswith("::error file=package/wrong.py,line=8,")
    [run] = json.loads(Path(outputs(project)["sarif"]).read_text())["runs"]
    [location] = run["results"][0]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "package/wrong.py"


def test_the_coverage_that_is_asked_for_is_held(installed, project):
    inputs = {"paths": "right.py\nunaudited.py"}
    (project / "unaudited.py").write_text(
        "def cube(x):\n    return x**3\n\n\ndef cube_backward(dout, x):\n    return 3 * x**2 * dout\n"
    )
    assert run_step("scan", installed, project, inputs).returncode == 0
    assert run_step("scan", installed, project, {**inputs, "fail-under": "50"}).returncode == 0
    assert run_step("scan", installed, project, {**inputs, "fail-under": "51"}).returncode == 1
    assert run_step("scan", installed, project, {**inputs, "fail-under": "$(touch planted)"}).returncode == 2
    assert not (project / "planted").exists()


def test_reports_are_written_where_they_are_asked_for(installed, project):
    (project / "package").mkdir()
    (project / "package" / "right.py").write_text(RIGHT)
    inputs = {
        "working-directory": "package",
        "junit": "reports/my junit.xml",
        "json": "report.json",
        "sarif": "r.sarif",
    }
    run_step("scan", installed, project, inputs)
    assert outputs(project)["junit"] == str(project / "package" / "reports" / "my junit.xml")
    assert (project / "package" / "reports" / "my junit.xml").read_text().startswith("<?xml")
    assert json.loads((project / "package" / "report.json").read_text())["summary"]["audits"] == 1
    assert json.loads((project / "package" / "r.sarif").read_text())["version"] == "2.1.0"


def test_paths_are_one_a_line_and_may_contain_spaces(installed, project):
    (project / "a folder").mkdir()
    (project / "a folder" / "right.py").write_text(RIGHT)
    done = run_step("scan", installed, project, {"paths": "a folder\nright.py::square_backward\n"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert outputs(project)["audits"] == "2"


def test_arguments_are_one_a_line(installed, project):
    done = run_step("scan", installed, project, {"args": "--exit-zero\n-k\nwrong"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert outputs(project)["failed"] == "1"


@pytest.mark.parametrize("hostile", ["$(touch planted)", "`touch planted`", '"; touch planted; "', "--exit-zero"])
def test_a_path_is_never_run_and_never_an_option(installed, project, hostile):
    done = run_step("scan", installed, project, {"paths": hostile})
    assert not (project / "planted").exists()
    assert done.returncode == 2
    assert outputs(project) == {"exit-status": "2"}


def test_an_earlier_report_is_not_taken_for_this_one(installed, project):
    run_step("scan", installed, project, {"summary": "false"})
    (project / "github-output").unlink()
    run_step("scan", installed, project, {"paths": "missing.py"})
    assert outputs(project) == {"exit-status": "2"}
    assert (project / "github-summary").read_text() == ""


def test_nothing_found_fails_only_when_asked_to(installed, tmp_path):
    (tmp_path / "empty.py").write_text("")
    assert run_step("scan", installed, tmp_path).returncode == 0
    assert run_step("scan", installed, tmp_path, {"fail-on-empty": "true"}).returncode == 1


def test_what_audited_code_prints_is_no_command_to_the_runner(installed, tmp_path):
    (tmp_path / "broken.py").write_text(BROKEN)
    lines = run_step("scan", installed, tmp_path).stdout.splitlines()
    [stop] = [number for number, line in enumerate(lines) if line.startswith("::stop-commands::")]
    resume = lines.index("::" + lines[stop].removeprefix("::stop-commands::") + "::")
    commands = [number for number, line in enumerate(lines) if line.strip().startswith("::error::")]
    assert any("from the audited code" in line for line in lines)
    assert all(stop < number < resume for number in commands)


HOSTILE = """
from gradaudit import audited_backward

def square(x):
    raise ValueError("100%\\n::error::planted\\r\\n##[error]planted\\n::stop-commands::x")

@audited_backward(forward=square, inputs={"x": "N"}, name="a,b::c\\n::error::planted")
def square_backward(dout, x):
    return dout
"""


def test_text_of_audited_code_is_escaped_in_annotations(installed, tmp_path):
    (tmp_path / "a,b%.py").write_text(HOSTILE)
    [annotation] = annotations(run_step("scan", installed, tmp_path))
    assert annotation.startswith("::error file=a%2Cb%25.py,line=8,")
    assert "##[" not in annotation
    assert "100%25" in annotation


def test_another_interpreter_can_run_the_audits(installed, project):
    interpreter = project / "interpreter"
    interpreter.write_text(f'#!/bin/sh\ntouch "{project}/used"\nexec "{sys.executable}" "$@"\n')
    interpreter.chmod(0o755)
    run_step("scan", installed, project, {"python": str(interpreter)})
    assert (project / "used").exists()
    assert outputs(project)["passed"] == "1"


def test_ci_and_nox_test_every_python_that_is_declared():
    declared = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text())
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
    session = re.search(r"@nox\.session\(python=(\[.*\])\)\ndef tests", (ROOT / "noxfile.py").read_text())
    assert workflow["jobs"]["tests"]["strategy"]["matrix"]["python"] == declared
    assert json.loads(session[1]) == declared


def test_every_action_is_pinned_by_commit_with_its_version():
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text() + workflow_of_the_readme()
    ours = ("uses: ./ ", "uses: gradaudit/gradaudit@v")
    used = [line for line in text.splitlines() if "uses:" in line and not any(each in line for each in ours)]
    assert used
    assert all(re.search(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line) for line in used)


def workflow_of_the_readme():
    """The workflow that the README shows for code scanning."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    [workflow] = [block for block in blocks if "upload-sarif" in block]
    return workflow


def test_the_workflow_of_the_readme_names_inputs_and_outputs_that_exist():
    [job] = yaml.safe_load(workflow_of_the_readme())["jobs"].values()
    [step] = [step for step in job["steps"] if step.get("uses", "").startswith("gradaudit/")]
    assert set(step["with"]) <= set(ACTION["inputs"])
    named = re.findall(rf"steps\.{step['id']}\.outputs\.([\w-]+)", workflow_of_the_readme())
    assert named
    assert set(named) <= set(ACTION["outputs"])
    assert job["permissions"] == {"contents": "read", "security-events": "write"}


def test_the_workflow_of_the_readme_is_one(tmp_path):
    file = tmp_path / "workflow.yml"
    file.write_text(workflow_of_the_readme())
    command = ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(file)]
    program = Path(sys.executable).with_name(command[0])
    if not program.exists():
        pytest.skip("check-jsonschema is not installed")
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
