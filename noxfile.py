"""One session a check; `nox` runs all that CI runs, `nox -s tests` one of them, `nox -l` lists them.

Needs Python and pip alone; uv is used where it is installed, because it sets an environment up in a second.
"""

from __future__ import annotations

import re
import shlex
import tempfile
from pathlib import Path

import nox

nox.needs_version = ">=2025.10.14"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = [
    "lint", "types", "imports", "workflows", "hooks", "tests", "libraries", "tensorflow", "lowest", "quickstart",
]  # fmt: skip

OLDEST = "3.10"
WORKFLOWS = sorted(str(path) for path in Path(".github/workflows").glob("*.yml"))


def quick_start() -> list[str]:
    """The commands of the README's quick start."""
    section = Path("README.md").read_text(encoding="utf-8").partition("\n## Quick start\n")[2].partition("\n## ")[0]
    return [command.strip() for command in re.findall(r"```sh\n(.*?)```", section, re.DOTALL)]


def in_environment(command: str) -> list[str]:
    """A command of the README with this session's programs in place of those in ``.venv/bin/``."""
    return [word.removeprefix(".venv/bin/") for word in shlex.split(command)]


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff: rules and format."""
    session.install(*_pinned("ruff"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Mypy, strict."""
    session.install("-e", ".", *_pinned("mypy", "pytest"))
    session.run("mypy")


@nox.session
def imports(session: nox.Session) -> None:
    """The layers of `.importlinter`."""
    session.install("-e", ".", *_pinned("import-linter"))
    session.run("lint-imports", "--no-cache")


@nox.session
def workflows(session: nox.Session) -> None:
    """The action, the workflows and the pre-commit hooks against their schemas and known weaknesses."""
    session.install(*_pinned("check-jsonschema", "zizmor", "pre-commit"))
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml")
    session.run("check-jsonschema", "--builtin-schema", "vendor.dependabot", ".github/dependabot.yml")
    session.run("zizmor", "--offline", "--no-progress", "--strict-collection", "action.yml", ".github")
    session.run("pre-commit", "validate-manifest", ".pre-commit-hooks.yaml")


@nox.session
def hooks(session: nox.Session) -> None:
    """The static hook in the isolated environment that pre-commit makes for it; the tests try both without one."""
    session.install(*_pinned("pre-commit"))
    session.run("pre-commit", "try-repo", ".", "gradaudit-list", "--files", "examples/cs231n_layers.py")


@nox.session(python=["3.10", "3.11", "3.12", "3.13", "3.14"])
def tests(session: nox.Session) -> None:
    """The README's test command, on every Python that is declared and installed."""
    session.install("-e", ".[test]")
    session.run(*in_environment(quick_start()[1]), *session.posargs)


@nox.session
def libraries(session: nox.Session) -> None:
    """The audits of released libraries' own gradients, in the versions that they are about."""
    session.install("-e", ".[test]", "-r", "examples/libraries/requirements.txt")
    session.run("python", "-m", "pytest", "tests/test_examples.py")  # scans the folder too


@nox.session
def tensorflow(session: nox.Session) -> None:
    """The adapter for TensorFlow, which is too large for the other sessions."""
    session.install("-e", ".[test,tensorflow]")
    session.run("python", "-m", "pytest", "tests/frameworks")


@nox.session(python=OLDEST, venv_backend="uv")
def lowest(session: nox.Session) -> None:
    """The tests with the lowest versions that are declared, on the oldest Python that is declared."""
    session.install("--resolution", "lowest-direct", "-e", ".[test]")
    session.run(*in_environment(quick_start()[1]), *session.posargs)


@nox.session(venv_backend="none")
def quickstart(session: nox.Session) -> None:
    """Both commands of the README, word for word, in a copy of what git tracks."""
    setup, test = quick_start()
    # Not in this work tree, as nox's own temporary folder is: gradaudit would take the tree for the tests' root.
    with tempfile.TemporaryDirectory() as clone:
        session.run("git", "clone", "--quiet", "--no-local", ".", clone, external=True)
        with session.chdir(clone):
            # The examples hold planted mistakes: finding them is status 1.
            session.run("bash", "-c", setup, external=True, success_codes=[1])
            session.run("bash", "-c", test, external=True)


def _pinned(*names: str) -> list[str]:
    """The requirements of `pyproject.toml` for these programs, so that their versions stand in one place."""
    extras = nox.project.load_toml("pyproject.toml")["project"]["optional-dependencies"]
    requirements = [*extras["test"], *extras["lint"]]
    return [requirement for requirement in requirements if re.split(r"[<>=~!]", requirement)[0] in names]
