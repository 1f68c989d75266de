"""Only the audits that changes touch."""

from __future__ import annotations

import json
import subprocess

import pytest

from gradaudit.configuration import Settings
from gradaudit.discovery.imports import ImportGraph
from gradaudit.errors import UsageError
from gradaudit.touched import touched_since

AUDIT = """
from gradaudit import audited_backward
{imports}


def square(x):
    return x * x


@audited_backward(forward=square, inputs={{"x": "N"}})
def {name}(dout, x):
    return 2 * x * dout
"""
UNAUDITED = "def tanh_forward(x): return x, x\ndef tanh_backward(dout, cache): return dout\n"


def audit(name, imports=""):
    return AUDIT.format(name=name, imports=imports)


def git(project, *words):
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *identity, *words], cwd=project.root, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def commit(project):
    git(project, "add", "-A")
    git(project, "commit", "-qm", "x", "--allow-empty")


@pytest.fixture
def repository(project):
    """Two audits in files of their own; one imports a package of the repository."""
    git(project, "init", "-q", "-b", "main")
    project.write(
        a=audit("a"),
        b=audit("b", "from package import inner"),
        package____init__="",
        package__inner="from .deep import x\n",
        package__deep="x = 1\n",
        other="y = 2\n",
    )
    (project.root / "pyproject.toml").write_text("[tool.gradaudit]\nseed = 1\n\n[tool.ruff]\nline-length = 80\n")
    commit(project)
    git(project, "checkout", "-qb", "branch")
    return project


def listed(project, *words, since="main", start=None):
    """Names of the audits that changes touch, and the run."""
    where = type(project)(start or project.root)
    ended = where.run("list", *words, "--changed-since", since, "-o", "json")
    report = json.loads(ended.out) if ended.out else {}
    return sorted(each["id"].partition("::")[2] for each in report.get("audits", ())), ended, report


def touched(project, *words, **others):
    return listed(project, *words, **others)[0]


def test_without_changes_nothing_runs_and_that_is_said(repository):
    ended = repository.scan("--changed-since", "main", "--fail-on-empty")
    assert ended.status == 0, ended.out + ended.err
    assert ended.report["changes"] == {"since": "main", "touched": 0, "audits": 2}
    assert "0 of 2 audits are touched by the changes since main" in ended.out
    assert "No audit was run" in ended.out
    assert "mark a backward pass" not in ended.out


def test_what_runs_is_what_changed(repository):
    repository.write(a=audit("a") + "\n# changed\n")
    ended = repository.scan("--changed-since", "main")
    assert ended.outcomes() == {"a": "passed"}
    assert "1 of 2 audits is touched by the changes since main" in ended.out


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("a", ["a"]),
        ("b", ["b"]),
        ("package/deep", ["b"]),
        ("package/inner", ["b"]),
        ("package/__init__", ["b"]),
        ("other", []),
        ("new", []),
    ],
)
@pytest.mark.parametrize("state", ["committed", "staged", "left"])
def test_a_file_touches_the_audits_that_import_it(repository, file, names, state):
    path = repository.root / f"{file}.py"
    before = path.read_text() if path.exists() else ""
    path.write_text(before + "\n# changed\n")
    if state != "left":
        git(repository, "add", "-A")
    if state == "committed":
        commit(repository)
    assert touched(repository) == names


def test_what_main_gained_meanwhile_is_no_change_of_this_branch(repository):
    repository.write(a=audit("a") + "\n# changed\n")
    commit(repository)
    git(repository, "checkout", "-q", "main")
    repository.write(b=audit("b") + "\n# changed\n")
    commit(repository)
    git(repository, "checkout", "-q", "branch")
    assert touched(repository) == ["a"]


@pytest.mark.parametrize("remove", [["rm", "-q"], ["mv"]], ids=["deleted", "renamed"])
def test_a_file_that_is_gone_touches_those_that_import_it(repository, remove):
    git(repository, *remove, "package/deep.py", *(["package/renamed.py"] if remove == ["mv"] else []))
    commit(repository)
    assert touched(repository) == ["b"]


def test_a_deleted_audit_is_no_matter(repository):
    git(repository, "rm", "-q", "a.py")
    assert touched(repository) == []


def test_a_renamed_audit_runs(repository):
    git(repository, "mv", "a.py", "c.py")
    assert touched(repository) == ["a"]


def test_a_new_file_that_git_does_not_know_yet_runs(repository):
    repository.write(c=audit("c"))
    assert touched(repository) == ["c"]


def test_a_file_that_git_ignores_runs_since_nobody_knows(repository):
    (repository.root / ".gitignore").write_text("ignored.py\n")
    commit(repository)
    repository.write(ignored=audit("ignored"))
    assert touched(repository, "ignored.py", "a.py") == ["ignored"]


def test_from_another_folder_it_is_the_same(repository):
    repository.write(package__deep="x = 2\n")
    assert touched(repository, "..", start=repository.root / "package") == ["b"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[tool.gradaudit]\nseed = 2\n\n[tool.ruff]\nline-length = 80\n", ["a", "b"]),
        ("[tool.gradaudit]\nseed = 1\n\n[tool.ruff]\nline-length = 90\n", []),
        ("[tool.ruff]\nline-length = 80\n", ["a", "b"]),
    ],
)
def test_where_the_configuration_has_changed_everything_runs(repository, text, names):
    (repository.root / "pyproject.toml").write_text(text)
    assert touched(repository) == names


def test_a_new_configuration_or_another_baseline_changes_everything(repository):
    (repository.root / "gradaudit.toml").write_text("seed = 3\n")
    assert touched(repository) == ["a", "b"]
    (repository.root / "gradaudit.toml").write_text('baseline = "base.json"\n')
    (repository.root / "base.json").write_text('{"schema": 1, "findings": []}')
    commit(repository)
    git(repository, "branch", "later")
    assert touched(repository, since="later") == []
    (repository.root / "base.json").write_text('{"schema": 1, "findings": []}\n')
    assert touched(repository, since="later") == ["a", "b"]


def test_findings_outside_audits_are_those_in_changed_files(repository):
    repository.write(other=UNAUDITED, more=UNAUDITED)
    commit(repository)
    git(repository, "branch", "-f", "main")
    repository.write(more=UNAUDITED + "\n# changed\n")
    _, _, report = listed(repository)
    assert [finding["file"] for finding in report["findings"]] == ["more.py"]
    assert report["coverage"]["unaudited"] == 2


def test_selectors_and_keywords_narrow_it_further(repository):
    repository.write(a=audit("a") + "\n# changed\n", b=audit("b") + "\n# changed\n")
    assert touched(repository, "-k", "b.py") == ["b"]
    assert touched(repository, "a.py::a") == ["a"]


def test_a_notebook_is_touched_by_what_its_cells_import(repository):
    cells = [{"cell_type": "code", "source": cell} for cell in ("%matplotlib inline\nimport other", audit("n"))]
    document = {"cells": cells, "nbformat": 4, "nbformat_minor": 5}
    (repository.root / "n.ipynb").write_text(json.dumps(document))
    commit(repository)
    git(repository, "branch", "-f", "main")
    assert touched(repository) == []
    repository.write(other="y = 3\n")
    assert touched(repository) == ["n"]


@pytest.mark.parametrize("revision", ["mian", "-x", "--help", "main..branch"])
def test_an_unknown_revision_ends_with_status_two_and_the_remedy(repository, revision):
    ended = repository.run("scan", f"--changed-since={revision}")
    assert ended.status == 2
    assert f"--changed-since {revision}: git knows no such revision; fetch it: git fetch origin" in ended.err
    assert "Traceback" not in ended.err


def test_a_shallow_clone_says_how_to_get_the_history(repository, make_project):
    repository.write(a=audit("a") + "\n# changed\n")
    commit(repository)
    clone = make_project()
    url = f"file://{repository.root}"
    git(clone, "clone", "-q", "--depth", "1", "--branch", "branch", url, ".")
    ended = clone.run("scan", "--changed-since", "origin/main")
    assert ended.status == 2
    assert "fetch-depth: 0" in ended.err
    git(clone, "fetch", "-q", "--depth", "1", "origin", "main:refs/remotes/origin/main")
    ended = clone.run("scan", "--changed-since", "origin/main")
    assert ended.status == 2
    assert "no commit in common" in ended.err
    assert "fetch-depth: 0" in ended.err


def test_without_a_work_tree_or_git_it_is_told(project, repository, make_project, monkeypatch):
    ended = make_project().run("scan", "--changed-since", "main")
    assert ended.status == 2
    assert "is in no git work tree" in ended.err
    monkeypatch.setenv("PATH", str(project.root))
    with pytest.raises(UsageError, match="git can't be started"):
        touched_since(Settings(changed_since="main", root=str(repository.root)))


def test_it_is_an_option_of_the_configuration(repository):
    (repository.root / "pyproject.toml").write_text('[tool.gradaudit]\nchanged-since = "main"\n')
    commit(repository)
    git(repository, "branch", "-f", "main")
    assert "0 of 2 audits are touched" in repository.run("list").out


def graph(tmp_path, **files):
    paths = {}
    for name, text in files.items():
        path = tmp_path / (name.replace("__", "/").replace("/init", "/__init__") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        paths[name] = str(path)
    return ImportGraph(paths.values()), paths


@pytest.mark.parametrize(
    ("statement", "is_seen"),
    [
        ("import pkg.sub.mod", True),
        ("import pkg.sub.mod as m", True),
        ("from pkg.sub import mod", True),
        ("from pkg.sub.mod import *", True),
        ("from pkg.sub.mod import name", True),
        ("def f():\n    from pkg.sub import mod\n", True),
        ("try:\n    import pkg.sub.mod\nexcept ImportError:\n    pass\n", True),
        ("import importlib\nm = importlib.import_module('pkg.sub.mod')", True),
        ("import pkg.sub", False),
        ("import mod_of_others", False),
        ("import numpy as np", False),
        ("broken(", False),
    ],
)
@pytest.mark.parametrize("folder", ["", "src__", "python__"])
def test_imports_are_followed_in_every_form_and_layout(tmp_path, statement, is_seen, folder):
    files = {f"{folder}pkg__init": "", f"{folder}pkg__sub__init": "", f"{folder}pkg__sub__mod": "name = 1\n"}
    known, paths = graph(tmp_path, start=statement, **files)
    found = known.touched([paths["start"]], frozenset([paths[f"{folder}pkg__sub__mod"]]))
    assert (found == {paths["start"]}) is is_seen


@pytest.mark.parametrize(
    ("statement", "changed", "is_seen"),
    [
        ("from . import mod", "pkg__sub__mod", True),
        ("from .mod import name", "pkg__sub__mod", True),
        ("from .. import other", "pkg__other", True),
        ("from ..other import name", "pkg__other", True),
        ("from ... import other", "pkg__other", False),
        ("x = 1", "pkg__init", True),
        ("x = 1", "pkg__sub__init", True),
    ],
)
def test_relative_imports_and_the_packages_around_are_followed(tmp_path, statement, changed, is_seen):
    files = {"pkg__init": "", "pkg__sub__init": "", "pkg__sub__mod": "", "pkg__other": ""}
    known, paths = graph(tmp_path, pkg__sub__start=statement, **files)
    found = known.touched([paths["pkg__sub__start"]], frozenset([paths[changed]]))
    assert bool(found) is is_seen


def test_cycles_end(tmp_path):
    known, paths = graph(tmp_path, a="import b", b="import a\nimport c", c="")
    assert known.touched([paths["a"]], frozenset([paths["c"]])) == {paths["a"]}


def test_the_nearest_of_two_modules_of_one_name_is_meant(tmp_path):
    known, paths = graph(tmp_path, one__ops="", one__start="import ops", two__ops="", start="import ops")
    assert known.touched([paths["one__start"]], frozenset([paths["two__ops"]])) == set()
    assert known.touched([paths["start"]], frozenset([paths["two__ops"]])) == {paths["start"]}


def test_an_extension_module_counts_by_its_source(tmp_path):
    _, paths = graph(tmp_path, start="from pkg import _kernels", pkg__init="")
    source = str(tmp_path / "pkg" / "_kernels.pyx")
    known = ImportGraph([*paths.values(), source])
    assert known.touched([paths["start"]], frozenset([source])) == {paths["start"]}
