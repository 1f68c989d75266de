"""Which files are searched."""

import os
import subprocess
import sys

import pytest

import gradaudit.discovery
from gradaudit.configuration import Settings
from gradaudit.discovery import discover
from gradaudit.discovery.ignore_patterns import Excludes
from gradaudit.errors import UsageError

SOURCE = "from gradaudit import audited_backward\naudited_backward()(b)\n"


@pytest.fixture(params=["git", "walk"])
def project(request, tmp_path):
    """A folder, in git or not."""
    folder = tmp_path / "project"
    folder.mkdir()
    if request.param == "git":
        git(folder, "init", "--quiet")
    return folder


def git(folder, *arguments):
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def write(folder, *files, source=SOURCE):
    for file in files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)


def found(folder, *paths, start=None, **options):
    settings = Settings(root=str(folder), **options)
    return [target.file for target in discover(paths, settings, str(start or folder)).targets]


def test_files_are_found_below_the_folder_in_the_order_of_their_paths(project):
    write(project, "b.py", "a/z.py", "a.py", "a/b/c.py", "notes.txt", "stub.pyi")
    assert found(project) == ["a.py", "a/b/c.py", "a/z.py", "b.py"]


def test_without_a_path_the_working_directory_is_searched_and_paths_are_relative_to_the_root(project):
    write(project, "a.py", "inner/b.py")
    assert found(project, start=project / "inner") == ["inner/b.py"]
    assert found(project, "..", start=project / "inner") == ["a.py", "inner/b.py"]


def test_a_file_named_twice_is_searched_once(project):
    write(project, "a/b.py")
    assert found(project, "a", "a/b.py", ".", "a/b.py::b", "a/../a/b.py") == ["a/b.py"]


def test_the_number_of_files_searched_is_told(project):
    write(project, "a.py", "b.py", source="")
    assert discover([], Settings(root=str(project)), str(project)).files == 2


def test_gitignore_files_are_respected_at_every_depth(project):
    (project / ".gitignore").write_text("generated/\n*_pb2.py\n/top.py\n")
    write(project, "a.py", "generated/b.py", "x_pb2.py", "top.py", "in/top.py", "in/c.py", "in/d.py", "in/y_pb2.py")
    (project / "in/.gitignore").write_text("c.py\n!y_pb2.py\n")
    assert found(project) == ["a.py", "in/d.py", "in/top.py", "in/y_pb2.py"]
    assert found(project, "in") == ["in/d.py", "in/top.py", "in/y_pb2.py"]


def test_gitignore_is_not_respected_when_asked_not_to(project):
    (project / ".gitignore").write_text("a.py\n")
    write(project, "a.py")
    assert found(project, respect_gitignore=False) == ["a.py"]


def test_a_named_folder_or_file_is_searched_even_if_it_is_ignored(project):
    (project / ".gitignore").write_text("generated/\nb.py\n")
    write(project, "generated/deep/a.py", "b.py")
    assert found(project, "generated") == ["generated/deep/a.py"]
    assert found(project, "generated/deep") == ["generated/deep/a.py"]
    assert found(project, "b.py") == ["b.py"]


def test_default_excludes_hold_below_a_folder_and_not_for_it(project):
    write(project, "node_modules/a.py", "src/.venv/b.py", "venv/lib/site-packages/pkg/c.py", "d.py")
    assert found(project) == ["d.py"]
    assert found(project, "node_modules") == ["node_modules/a.py"]
    assert found(project, "venv/lib/site-packages") == ["venv/lib/site-packages/pkg/c.py"]
    assert found(project, "venv/lib/site-packages/pkg") == ["venv/lib/site-packages/pkg/c.py"]


def test_build_is_excluded_unless_it_is_a_package(project):
    write(project, "build/lib/a.py", "src/build/b.py")
    write(project, "src/build/__init__.py", source="")
    assert found(project) == ["src/build/b.py"]


def test_excludes_are_relative_to_the_root_and_hold_below_a_named_folder(project):
    write(project, "a/b.py", "a/c.py", "d/b.py")
    assert found(project, "a", exclude=("a/b.py",)) == ["a/c.py"]
    assert found(project, ".", start=project / "a", exclude=("b.py",)) == ["a/c.py"]
    assert found(project, exclude=("a",)) == ["d/b.py"]
    assert found(project, "a", exclude=("a",)) == ["a/b.py", "a/c.py"]  # named itself, it is meant
    assert found(project, "a", exclude=("a", "c.py")) == ["a/b.py"]
    assert found(project, "a", exclude=("a",), force_exclude=True) == []


def test_a_named_file_is_searched_even_if_it_is_excluded_unless_forced(project):
    write(project, "a/b.py", "venv/c.py")
    assert found(project, "a/b.py", "venv/c.py", exclude=("a",)) == ["a/b.py", "venv/c.py"]
    assert found(project, "a/b.py", "venv/c.py", exclude=("a",), force_exclude=True) == []
    assert found(project, "a", "venv", exclude=("a",), force_exclude=True) == []


def test_links_are_not_followed_unless_they_are_named(project):
    write(project, "real/a.py")
    (project / "link.py").symlink_to("real/a.py")
    (project / "folder").symlink_to("real")
    (project / "broken.py").symlink_to("missing.py")
    assert found(project) == ["real/a.py"]
    assert found(project, "link.py") == ["link.py"]
    assert found(project, "folder") == ["folder/a.py"]


def test_a_named_file_need_not_be_called_py(project):
    write(project, "script")
    assert found(project, "script") == ["script"]


def test_odd_file_names_are_taken_as_they_are(project):
    files = ["new\nline.py", "sp ace.py", "ü.py", "-dash.py"]
    write(project, *files)
    assert found(project) == sorted(files)


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("layer.py", r"^layer\.py: no such file or folder; did you mean 'layers\.py'\?$"),
        ("layer.py::b", r"did you mean 'layers\.py'\?"),
        ("missing/a.py", r"there is no folder .*missing$"),
        (".::b", r"is a folder"),
    ],
)
def test_a_path_that_is_none_names_the_nearest(project, path, complaint):
    write(project, "layers.py")
    with pytest.raises(UsageError, match=complaint):
        found(project, path)


def test_git_files_may_be_deleted_staged_untracked_or_in_conflict(tmp_path):
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    write(tmp_path, "kept.py", "deleted.py", "conflict.py")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "1")
    git(tmp_path, "checkout", "--quiet", "-b", "other")
    write(tmp_path, "conflict.py", source=SOURCE + "x = 1\n")
    git(tmp_path, "commit", "--quiet", "-am", "2")
    git(tmp_path, "checkout", "--quiet", "main")
    write(tmp_path, "conflict.py", source=SOURCE + "x = 2\n")
    git(tmp_path, "commit", "--quiet", "-am", "3")
    with pytest.raises(subprocess.CalledProcessError):
        git(tmp_path, "merge", "other")
    write(tmp_path, "conflict.py")
    (tmp_path / "deleted.py").unlink()
    write(tmp_path, "untracked.py")
    assert found(tmp_path) == ["conflict.py", "kept.py", "untracked.py"]


def test_a_submodule_is_searched_when_it_is_named(tmp_path):
    outer, inner = tmp_path / "outer", tmp_path / "inner"
    for folder in (outer, inner):
        folder.mkdir()
        git(folder, "init", "--quiet")
        write(folder, "a.py")
    git(inner, "add", ".")
    git(inner, "commit", "--quiet", "-m", "1")
    git(outer, "submodule", "--quiet", "add", str(inner), "sub")
    assert found(outer) == ["a.py"]
    assert found(outer, "sub") == ["sub/a.py"]


def test_what_git_hands_to_its_hooks_does_not_mislead(tmp_path, monkeypatch):
    git(tmp_path, "init", "--quiet")
    write(tmp_path, "a.py", "inner/b.py")
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")
    assert found(tmp_path, "inner") == ["inner/b.py"]


def test_nothing_that_the_repository_configures_is_run(tmp_path):
    git(tmp_path, "init", "--quiet")
    write(tmp_path, "a.py")
    git(tmp_path, "config", "core.fsmonitor", "touch ran; false")
    assert found(tmp_path) == ["a.py"]
    assert not (tmp_path / "ran").exists()


def test_git_says_the_same_through_either_way_of_starting_it(tmp_path, monkeypatch):
    git(tmp_path, "init", "--quiet")
    write(tmp_path, "a.py")
    spawned = found(tmp_path)
    monkeypatch.delattr(os, "posix_spawnp", raising=False)
    assert spawned == found(tmp_path) == ["a.py"]


def test_without_git_gitignore_files_are_still_respected(tmp_path, monkeypatch):
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    write(tmp_path, "a.py", "ignored.py", "inner/b.py", "inner/ignored.py")
    monkeypatch.setenv("PATH", os.devnull)
    assert found(tmp_path) == ["a.py", "inner/b.py"]
    assert found(tmp_path, "inner") == ["inner/b.py"]


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path, monkeypatch):
    write(tmp_path, "a.py")

    def refuse(path, **_):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(gradaudit.discovery, "read", refuse)
    (finding,) = discover([], Settings(root=str(tmp_path)), str(tmp_path)).findings
    assert (finding.code, finding.file) == ("GA001", "a.py")
    assert "Permission denied" in finding.message


@pytest.mark.parametrize("place", ["locked", "a/locked"])
def test_a_folder_that_cannot_be_searched_is_a_finding_and_the_others_are_searched(tmp_path, monkeypatch, place):
    write(tmp_path, "a.py", f"{place}/b.py", "z/c.py")
    look, open_ = os.scandir, os.open

    def refuse(path):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", lambda path: refuse(path) if str(path).endswith("locked") else look(path))
    monkeypatch.setattr(os, "open", lambda path, *rest: refuse(path) if "locked" in str(path) else open_(path, *rest))
    seen = discover([], Settings(root=str(tmp_path)), str(tmp_path))
    assert [target.file for target in seen.targets] == ["a.py", "z/c.py"]
    (finding,) = seen.findings
    assert (finding.code, finding.file, finding.message) == ("GA001", place, "can't be read: Permission denied")
    for pattern in (place, "locked/"):
        assert not discover([], Settings(root=str(tmp_path), exclude=(pattern,)), str(tmp_path)).findings


def test_a_named_path_that_cannot_be_looked_at_is_a_mistake_of_the_command(tmp_path, monkeypatch):
    write(tmp_path, "locked/b.py")
    look = os.stat

    def refuse(path, **options):
        if "locked/" in str(path):
            raise PermissionError(13, "Permission denied", path)
        return look(path, **options)

    monkeypatch.setattr(os, "stat", refuse)
    for path in ("locked/b.py", "locked/b.py::f"):
        with pytest.raises(UsageError, match=r"^locked/b\.py: can't be read: Permission denied$"):
            found(tmp_path, path)


def test_a_folder_that_cannot_be_listed_suggests_no_name(tmp_path, monkeypatch):
    write(tmp_path, "layers.py")

    def refuse(path):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "listdir", refuse)
    with pytest.raises(UsageError, match=r"^layer\.py: no such file or folder$"):
        found(tmp_path, "layer.py")


def test_a_link_to_nothing_is_told_apart_from_a_misspelt_name(tmp_path):
    (tmp_path / "a.py").symlink_to("gone.py")
    with pytest.raises(UsageError, match=r"^a\.py: is a link to gone\.py, which does not exist$"):
        found(tmp_path, "a.py")


NO_TEXT = {
    "in the first line": (b"# caf\xe9\n%s", 1, "0xE9 is not valid in UTF-8, and no other encoding is declared"),
    "later on": (b"%s\n\n# caf\xe9\n", 5, "0xE9 is not valid in UTF-8"),
    "in a string": (b"%sx = '\xe9'\n", 3, "0xE9 is not valid in UTF-8"),
    "declared as UTF-8": (b"# coding: utf-8\n%s# \xff\n", 4, "0xFF is not valid in utf-8, which it declares"),
    "UTF-16 without a word": (b"\xff\xfe%s", 1, "0xFF is not valid in UTF-8"),
    "an unknown encoding": (b"# coding: nix\n%s# \xe9\n", None, "unknown encoding"),
}


@pytest.mark.parametrize("case", NO_TEXT)
def test_a_file_that_is_no_text_is_a_finding_and_the_others_are_searched(tmp_path, case):
    source, line, message = NO_TEXT[case]
    write(tmp_path, "right.py")
    (tmp_path / "wrong.py").write_bytes(source.replace(b"%s", SOURCE.encode()))
    seen = discover([], Settings(root=str(tmp_path)), str(tmp_path))
    assert [target.file for target in seen.targets] == ["right.py"]
    (finding,) = seen.findings
    assert (finding.code, finding.file, finding.line) == ("GA001", "wrong.py", line)
    assert message in finding.message


def test_a_file_in_the_encoding_that_it_declares_is_searched(tmp_path):
    (tmp_path / "a.py").write_bytes(b"# -*- coding: latin-1 -*-\n" + SOURCE.encode() + b"# caf\xe9\n")
    assert found(tmp_path) == ["a.py"]


def test_an_unaudited_pair_that_is_no_text_ends_no_list(project):
    write(project, "a.py")
    pair = b"# caf\xe9\ndef relu_forward(x): return x\ndef relu_backward(dout, cache): return dout\n"
    (project / "pair.py").write_bytes(pair)
    ended = subprocess.run(
        [sys.executable, "-m", "gradaudit", "list"], cwd=project, capture_output=True, text=True, check=False
    )
    assert "a.py::" in ended.stdout
    assert "failed" not in ended.stderr


EXCLUDED = [
    ("a.py", "a.py"),
    ("a.py", "x/a.py"),
    ("a.py", "a.py/b.py"),
    ("/a.py", "a.py"),
    ("x/a.py", "x/a.py"),
    ("./x", "x/a.py"),
    ("x/", "x/a.py"),
    ("x/", "y/x/a.py"),
    ("*.py", "x/a.py"),
    ("x/*.py", "x/a.py"),
    ("x/**/a.py", "x/a.py"),
    ("x/**/a.py", "x/y/z/a.py"),
    ("**/y/a.py", "x/y/a.py"),
    ("x/**", "x/y/a.py"),
    ("?.py", "a.py"),
    ("[abc].py", "b.py"),
    ("[!abc].py", "d.py"),
    ("[]a].py", "].py"),
    ("\\*.py", "*.py"),
    ("a.(py", "a.(py"),
]
NOT_EXCLUDED = [
    ("a.py", "aa.py"),
    ("a.py", "a_py"),
    ("/a.py", "x/a.py"),
    ("x/a.py", "y/x/a.py"),
    ("a.py/", "a.py"),
    ("x/*.py", "x/y/a.py"),
    ("*.py", "a.pyc"),
    ("?.py", "x/.py"),
    ("[!abc].py", "a.py"),
    ("x/**", "x"),
    ("\\*.py", "a.py"),
]


@pytest.mark.parametrize(("pattern", "path"), EXCLUDED)
def test_a_pattern_excludes_as_in_gitignore(pattern, path):
    assert Excludes([pattern]).match(path)


@pytest.mark.parametrize(("pattern", "path"), NOT_EXCLUDED)
def test_a_pattern_excludes_nothing_else(pattern, path):
    assert not Excludes([pattern]).match(path)


@pytest.mark.parametrize(("pattern", "path"), EXCLUDED + NOT_EXCLUDED)
def test_git_reads_a_pattern_the_same(tmp_path, pattern, path):
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text(pattern.removeprefix("./") + "\n")
    asked = subprocess.run(["git", "check-ignore", "--quiet", "--", path], cwd=tmp_path, check=False)
    assert (asked.returncode == 0) == ((pattern, path) in EXCLUDED)


def test_the_last_pattern_that_matches_decides():
    assert not Excludes(["*.py", "!a.py"]).match("a.py")
    assert Excludes(["!a.py", "*.py"]).match("a.py")


def test_a_pattern_that_is_none_is_an_error():
    with pytest.raises(UsageError, match=r"exclude: '\[z-a\]' is no pattern"):
        Excludes(["[z-a]"])
