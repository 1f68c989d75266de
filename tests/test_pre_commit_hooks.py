"""The pre-commit hooks, tried on a sample repository as their users would.

`language: python` would install gradaudit and its dependencies from an index; here the environment is this one, and
`nox -s hooks` tries the isolated one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytest.importorskip("pre_commit")

ROOT = Path(__file__).parent.parent
MANIFEST = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))

RIGHT = """
import pathlib
from gradaudit import audited_backward

pathlib.Path(__file__).with_suffix(".ran").touch()

def square(x):
    return x**2

@audited_backward(forward=square, inputs={"x": "N"})
def square_backward(dout, x):
    return 2 * x * dout
"""
WRONG = RIGHT.replace("2 * x * dout", "x * dout")


def git(folder, *arguments):
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def repository(folder, files):
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "sample")
    return folder


@pytest.fixture
def hooks(tmp_path):
    """A repository with the manifest as it stands, but for the environment of the static hook."""
    local = [{**hook, "language": "system"} for hook in MANIFEST]
    return repository(tmp_path / "hooks", {".pre-commit-hooks.yaml": yaml.safe_dump(local)})


@pytest.fixture
def sample(tmp_path):
    excluded = '[tool.gradaudit]\nexclude = ["excluded.py"]\n'
    files = {"right.py": RIGHT, "wrong.py": WRONG, "excluded.py": WRONG, "notes.md": "# Notes\n"}
    return repository(tmp_path / "sample", {**files, "pyproject.toml": excluded})


def try_hook(hooks, sample, hook, *files):
    """`pre-commit try-repo` with one hook on some files."""
    programs = sample.parent / "bin"
    programs.mkdir(exist_ok=True)
    (programs / "gradaudit").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gradaudit "$@"\n')
    (programs / "gradaudit").chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "try-repo", str(hooks), hook, "--verbose", "--files", *files],
        cwd=sample,
        env={
            **environment,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PRE_COMMIT_HOME": str(sample.parent / "cache"),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_scan_fails_on_a_wrong_gradient(hooks, sample):
    done = try_hook(hooks, sample, "gradaudit", "right.py", "wrong.py")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "wrong.py::square_backward" in done.stdout


def test_the_scan_passes_a_right_gradient(hooks, sample):
    done = try_hook(hooks, sample, "gradaudit", "right.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (sample / "right.ran").exists()


def test_the_list_names_audits_and_runs_nothing(hooks, sample):
    done = try_hook(hooks, sample, "gradaudit-list", "right.py", "wrong.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "wrong.py::square_backward" in done.stdout
    assert not list(sample.glob("*.ran"))


@pytest.mark.parametrize("hook", ["gradaudit", "gradaudit-list"])
def test_a_file_that_the_configuration_excludes_is_left_out_though_it_is_named(hooks, sample, hook):
    done = try_hook(hooks, sample, hook, "excluded.py", "right.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "excluded.py::" not in done.stdout
    assert "right.py::square_backward" in done.stdout


@pytest.mark.parametrize("hook", ["gradaudit", "gradaudit-list"])
def test_files_that_are_not_python_are_not_handed_on(hooks, sample, hook):
    done = try_hook(hooks, sample, hook, "notes.md")
    assert done.returncode == 0
    assert "Skipped" in done.stdout


def test_notebooks_are_handed_on_and_those_in_other_languages_passed_over(hooks, sample):
    cell = {"cell_type": "code", "source": RIGHT.replace("pathlib.Path", "# ")}
    document = {"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {"language_info": {"name": "python"}}}
    (sample / "course.ipynb").write_text(json.dumps(document))
    (sample / "other.ipynb").write_text(json.dumps({**document, "metadata": {"language_info": {"name": "R"}}}))
    done = try_hook(hooks, sample, "gradaudit", "course.ipynb", "other.ipynb")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "course.ipynb::square_backward" in done.stdout


def test_only_the_hook_that_runs_no_code_is_isolated():
    languages = {hook["id"]: hook["language"] for hook in MANIFEST}
    assert languages == {"gradaudit-list": "python", "gradaudit": "system"}


def test_one_process_gets_all_files():
    assert all(hook["require_serial"] for hook in MANIFEST)
