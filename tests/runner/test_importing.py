"""Files are imported as pytest imports them, and those of one folder do not shadow those of another."""

from __future__ import annotations

import os
import sys

import pytest

from gradaudit.runner.execution.importing import Importer, locate
from gradaudit.runner.execution.isolation import restored_state


@pytest.fixture(autouse=True)
def modules_as_before():
    before = dict(sys.modules)
    with restored_state():
        yield
    for name in set(sys.modules) - set(before):
        del sys.modules[name]
    sys.modules.update(before)


def write(root, files):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def test_the_root_of_a_package_is_above_its_init_files(tmp_path):
    write(tmp_path, {"src/pkg/__init__.py": "", "src/pkg/sub/__init__.py": "", "src/pkg/sub/a.py": ""})
    location = locate(str(tmp_path / "src/pkg/sub/a.py"))
    assert location.module == "pkg.sub.a"
    assert location.root == os.path.realpath(tmp_path / "src")


def test_a_file_without_package_is_its_own_root(tmp_path):
    write(tmp_path, {"scripts/a.py": ""})
    assert locate(str(tmp_path / "scripts/a.py")).module == "a"


def test_relative_and_sibling_imports_work(tmp_path):
    write(
        tmp_path,
        {
            "src/pkg/__init__.py": "",
            "src/pkg/b.py": "value = 1",
            "src/pkg/a.py": "from .b import value\nfrom pkg import b",
            "scripts/helper_of_a.py": "value = 2",
            "scripts/a.py": "from helper_of_a import value",
        },
    )
    importer = Importer(str(tmp_path), ())
    assert importer.load("src/pkg/a.py").value == 1
    assert importer.load("scripts/a.py").value == 2


def test_two_files_of_one_name_and_their_siblings_are_told_apart(tmp_path):
    for folder in ("one", "two"):
        write(tmp_path, {f"{folder}/layers.py": "from parts import name", f"{folder}/parts.py": f"name = {folder!r}"})
    importer = Importer(str(tmp_path), ())
    loaded = [importer.load(file).name for file in ("one/layers.py", "two/layers.py", "one/layers.py")]
    assert loaded == ["one", "two", "one"]


def test_a_file_named_like_a_module_of_the_standard_library_does_not_replace_it(tmp_path):
    import random

    write(tmp_path, {"random.py": "mine = True"})
    module = Importer(str(tmp_path), ()).load("random.py")
    assert module.mine
    assert sys.modules["random"] is random


def test_pythonpath_wins_and_src_is_a_last_resort(tmp_path):
    write(
        tmp_path,
        {
            "src/given_package.py": "place = 'src'",
            "vendored/given_package.py": "place = 'vendored'",
            "audits/a.py": "from given_package import place",
        },
    )
    assert Importer(str(tmp_path), ()).load("audits/a.py").place == "src"
    del sys.modules["given_package"], sys.modules["a"]
    assert Importer(str(tmp_path), (str(tmp_path / "vendored"),)).load("audits/a.py").place == "vendored"


def test_a_module_is_imported_once(tmp_path):
    write(tmp_path, {"a.py": ""})
    importer = Importer(str(tmp_path), ())
    assert importer.load("a.py") is importer.load("a.py")


def test_what_the_file_raises_comes_through_and_leaves_no_half_module(tmp_path):
    write(tmp_path, {"a.py": "raise RuntimeError('no')"})
    importer = Importer(str(tmp_path), ())
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no"):
            importer.load("a.py")
