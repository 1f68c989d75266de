"""Settings from the command line, the configuration file and the defaults."""

import os
import subprocess
import sys

import pytest

from gradaudit.configuration import OPTIONS, Settings, load, show
from gradaudit.errors import UsageError
from gradaudit.value_kinds import read_value


def write(folder, name, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder / name


def test_every_field_is_an_option_or_says_where_the_settings_come_from():
    rest = {*Settings._fields} - {option.field for option in OPTIONS.values()}
    assert rest == {"root", "config_file", "origins"}


@pytest.mark.parametrize("option", OPTIONS.values(), ids=OPTIONS)
def test_every_default_is_of_its_options_kind(option):
    assert read_value(option.kind, option.key, option.default) == option.default


def test_the_command_line_wins_over_the_file_and_the_file_over_the_default(tmp_path):
    file = write(tmp_path, "pyproject.toml", "[tool.gradaudit]\nseed = 5\ntrials = 7\n")
    settings = load(str(tmp_path), None, {"seed": 9, "jobs": None, "select": []})
    assert (settings.seed, settings.trials, settings.jobs) == (9, 7, 0)
    origins = [settings.origin(key) for key in ("seed", "trials", "jobs", "select")]
    assert origins == ["command line", str(file), "default", "default"]


def test_the_nearest_file_counts(tmp_path):
    write(tmp_path, "gradaudit.toml", "seed = 1")
    inner = write(tmp_path / "inner", "gradaudit.toml", "seed = 2")
    settings = load(str(inner.parent), None, {})
    assert (settings.seed, settings.root, settings.config_file) == (2, str(inner.parent), str(inner))


def test_gradaudit_toml_wins_in_one_folder(tmp_path):
    write(tmp_path, "pyproject.toml", "[tool.gradaudit]\nseed = 1\n")
    write(tmp_path, "gradaudit.toml", "seed = 2\n")
    assert load(str(tmp_path), None, {}).seed == 2


def test_a_pyproject_without_the_table_is_passed_over(tmp_path):
    write(tmp_path, "pyproject.toml", "[tool.gradaudit]\nseed = 1\n")
    inner = write(tmp_path / "inner", "pyproject.toml", '[project]\ndependencies = ["gradaudit"]\n').parent
    settings = load(str(inner), None, {})
    assert (settings.seed, settings.root) == (1, str(tmp_path))


def test_a_broken_pyproject_of_others_is_not_our_business(tmp_path):
    write(tmp_path, "pyproject.toml", "[broken")
    assert load(str(tmp_path), None, {}).config_file is None


def test_without_a_file_the_root_is_the_git_top_level(tmp_path):
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert load(str(inner), None, {}).root == str(tmp_path)


def test_without_file_and_git_the_root_is_the_working_directory(tmp_path):
    assert load(str(tmp_path), None, {}).root == str(tmp_path)


def test_a_named_file_is_relative_to_the_working_directory_and_its_folder_is_the_root(tmp_path):
    write(tmp_path, "gradaudit.toml", "seed = 1")
    write(tmp_path / "ci", "strict.toml", "seed = 2")
    settings = load(str(tmp_path), "ci/strict.toml", {})
    assert (settings.seed, settings.root) == (2, str(tmp_path / "ci"))


def test_paths_in_the_file_are_relative_to_it(tmp_path):
    write(
        tmp_path,
        "gradaudit.toml",
        'pythonpath = ["src"]\npython = ".venv/bin/python"\noutput = ["text", "json=r.json"]',
    )
    (tmp_path / "inner").mkdir()
    (tmp_path / "src").mkdir()
    settings = load(str(tmp_path / "inner"), None, {})
    assert settings.pythonpath == (str(tmp_path / "src"),)
    assert settings.python == str(tmp_path / ".venv/bin/python")
    assert settings.output == ("text", f"json={tmp_path / 'r.json'}")


def test_paths_on_the_command_line_are_relative_to_the_working_directory(tmp_path):
    write(tmp_path, "gradaudit.toml", "")
    (tmp_path / "inner").mkdir()
    settings = load(str(tmp_path / "inner"), None, {"output": ["junit=r.xml"], "python": "./python"})
    assert settings.output == (f"junit={tmp_path / 'inner' / 'r.xml'}",)
    assert settings.python == str(tmp_path / "inner" / "python")


def test_a_bare_interpreter_is_left_to_path(tmp_path):
    assert load(str(tmp_path), None, {"python": "python3.12"}).python == "python3.12"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("sede = 1", r"gradaudit\.toml: sede: unknown key; did you mean 'seed'\?"),
        ("fail_on_empty = true", r"did you mean 'fail-on-empty'\?"),
        ("zzz = 1", r"zzz: unknown key; known are baseline, changed-since, color, device, .*write-baseline$"),
        ("seed = -1", r"seed: expected an integer of at least 0, got -1"),
        ("seed = true", r"seed: expected an integer of at least 0, got True"),
        ("seed = '1'", r"seed: expected an integer"),
        ("trials = 0", r"trials: expected an integer of at least 1, got 0"),
        ("verbosity = 2", r"verbosity: expected an integer from -1 to 1, got 2"),
        ("upcast = 1", r"upcast: expected true or false, got 1"),
        ("timeout = 0", r"timeout: expected a number above 0, got 0"),
        ("timeout = inf", r"timeout: expected a number above 0, got inf"),
        ("threshold = nan", r"threshold: expected a number above 0, got nan"),
        ("mode = 'elemntwise'", r"mode: .*did you mean 'elementwise'\?"),
        ("dtype = 64", r"dtype: expected one of float64, float32, float16, bfloat16, got 64"),
        ("exclude = 'a.py'", r"exclude: expected a list of texts"),
        ("exclude = [1]", r"exclude: expected a list of texts"),
        ("select = ['ga201']", r"select: .*'ga201'; did you mean 'GA201'\?"),
        ("ignore = ['GA9']", r"ignore: no rule's code is or starts with 'GA9'"),
        ("ignore = ['wrong-gradient']", r"did you mean 'GA201'\?"),
        ("output = ['junti=a.xml']", r"output: no report's format is 'junti'; did you mean 'junit'\?"),
        ("output = ['junit=']", r"output: 'junit=' names no file"),
        ("seed = 1\nseed 2\n", r"gradaudit\.toml: is not valid TOML: .*line 2"),
    ],
)
def test_a_mistake_in_the_file_names_file_key_and_remedy(tmp_path, text, complaint):
    write(tmp_path, "gradaudit.toml", text)
    with pytest.raises(UsageError, match=complaint):
        load(str(tmp_path), None, {})


def test_a_key_of_pyproject_is_named_with_its_table(tmp_path):
    write(tmp_path, "pyproject.toml", "[tool.gradaudit]\nsede = 1\n")
    with pytest.raises(UsageError, match=r"pyproject\.toml: tool\.gradaudit\.sede: unknown key"):
        load(str(tmp_path), None, {})


def test_a_table_of_pyproject_that_is_none_says_so(tmp_path):
    write(tmp_path, "pyproject.toml", "[tool]\ngradaudit = 3\n")
    with pytest.raises(UsageError, match=r"expected a table \[tool\.gradaudit\]"):
        load(str(tmp_path), None, {})


def test_a_mistake_on_the_command_line_names_the_option(tmp_path):
    with pytest.raises(UsageError, match=r"^--trials: expected an integer of at least 1, got 0$"):
        load(str(tmp_path), None, {"trials": 0})


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("missing.toml", None, r"missing\.toml: the configuration file can't be read: No such file"),
        ("broken.toml", "[", r"broken\.toml: is not valid TOML"),
        ("pyproject.toml", "[project]", r"has no table \[tool\.gradaudit\]"),
        (".", None, r"can't be read: Is a directory"),
    ],
)
def test_a_named_file_that_is_no_configuration_is_an_error(tmp_path, name, text, complaint):
    if text is not None:
        write(tmp_path, name, text)
    with pytest.raises(UsageError, match=complaint):
        load(str(tmp_path), name, {})


def test_bytes_that_are_no_text_are_an_error(tmp_path):
    (tmp_path / "gradaudit.toml").write_bytes(b"python = '\xff'")
    with pytest.raises(UsageError, match="is not valid TOML"):
        load(str(tmp_path), None, {})


def test_codes_may_be_separated_by_commas(tmp_path):
    assert load(str(tmp_path), None, {"select": ["GA2, GA302", "GA001"]}).select == ("GA2", "GA302", "GA001")


def test_show_names_value_and_origin_of_what_the_command_heeds(tmp_path):
    file = write(tmp_path, "gradaudit.toml", "select = ['GA2']\n")
    shown = show(load(str(tmp_path), None, {"keyword": 'a "b"'}), "list").splitlines()
    assert shown[:2] == [f"# root: {tmp_path}", f"# configuration file: {file}"]
    assert f'select = ["GA2"]  # {file}' in shown
    assert 'keyword = "a \\"b\\""  # command line' in shown
    assert "exit-zero = false  # default" in shown
    assert not any(line.startswith("trials") for line in shown)


def test_a_folder_to_import_from_that_is_not_there_is_named_with_its_place(tmp_path):
    write(tmp_path, "gradaudit.toml", 'pythonpath = ["nope"]')
    with pytest.raises(UsageError, match=r"gradaudit\.toml.*pythonpath.*no folder .*nope"):
        load(str(tmp_path), None, {})
    with pytest.raises(UsageError, match=r"--pythonpath: there is no folder .*gone"):
        load(str(tmp_path), None, {"pythonpath": ["gone"]})


def test_what_show_prints_is_a_configuration_file_with_the_same_settings(tmp_path):
    (tmp_path / "s").mkdir()
    settings = load(
        str(tmp_path), None, {"timeout": 2.5, "exclude": ["a\\b", "é"], "upcast": False, "pythonpath": ["s"]}
    )
    write(tmp_path, "again.toml", show(settings))
    again = load(str(tmp_path), "again.toml", {})
    assert all(getattr(again, option.field) == getattr(settings, option.field) for option in OPTIONS.values())


def test_jobs_default_to_the_cpus_of_this_process():
    assert Settings(jobs=3).workers == 3
    assert Settings().workers >= 1


def test_settings_cost_no_import_of_a_third_party_or_of_a_parser():
    heavy = {"tomllib", "tomli", "difflib", "pathlib", "numpy"}
    code = f"import sys, gradaudit.configuration; print(*{heavy} & {{*sys.modules}})"
    shown = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, env=source_path()
    )
    assert shown.stdout.strip() == ""


def source_path():
    import gradaudit

    return {**os.environ, "PYTHONPATH": os.path.dirname(os.path.dirname(gradaudit.__file__))}
