"""A report file is there whole, or as it was."""

from __future__ import annotations

import os

import pytest

from gradaudit.errors import UsageError
from gradaudit.writing import check_writable, write_whole


def test_folders_are_made_and_old_files_replaced(tmp_path):
    path = tmp_path / "a" / "b" / "r.txt"
    write_whole(str(path), "old")
    write_whole(str(path), "new ✓")
    assert path.read_text(encoding="utf-8") == "new ✓"
    assert os.listdir(path.parent) == ["r.txt"]


def test_a_failed_replacement_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch):
    path = tmp_path / "r.txt"
    path.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="No space left on device"):
        write_whole(str(path), "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["r.txt"]


def test_permissions_are_kept_and_links_followed(tmp_path):
    path, link = tmp_path / "r.txt", tmp_path / "link.txt"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_whole(str(link), "new")
    assert link.is_symlink()
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_is_no_regular_file_is_written_to(tmp_path):
    write_whole("/dev/null", "text")
    with pytest.raises(UsageError, match="is a folder"):
        write_whole(str(tmp_path), "text")


def test_what_can_not_be_written_is_known_before_there_is_anything_to_write(tmp_path):
    (tmp_path / "file").write_text("")
    for path in ("new/deep/r.txt", "file"):
        check_writable(str(tmp_path / path), "--output")
    check_writable("/dev/null", "--output")
    check_writable("/dev/stdout", "--output")
    assert os.listdir(tmp_path) == ["file"]
    with pytest.raises(UsageError, match=r"--output: .* is a folder"):
        check_writable(str(tmp_path), "--output")
    with pytest.raises(UsageError, match=r"--output: .*r\.txt can't be written: .*file is no folder"):
        check_writable(str(tmp_path / "file" / "r.txt"), "--output")


def test_a_folder_that_may_not_be_written_to_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: path != str(tmp_path))  # root may write anywhere
    with pytest.raises(UsageError, match=r"--write-baseline: .* may not be written to"):
        check_writable(str(tmp_path / "base.json"), "--write-baseline")
