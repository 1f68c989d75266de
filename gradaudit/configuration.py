"""Settings: what the command line, the configuration file and the defaults say, in that order of precedence."""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import NamedTuple

from gradaudit import config_file, value_kinds
from gradaudit.errors import UsageError
from gradaudit.folders import git_top_level
from gradaudit.near_names import nearest
from gradaudit.value_kinds import (
    BOOLEAN,
    CODES,
    CODES_BY_PATTERN,
    OUTPUTS,
    PERCENT,
    POSITIVE,
    TEXT,
    TEXTS,
    Kind,
    choice,
    integer,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal

    from gradaudit.records.case import Mode

COMMAND_LINE = "command line"
DEFAULT = "default"


class Settings(NamedTuple):
    """All that a run can be told; every field but the last three is an option, described in `OPTIONS`.

    Attributes:
        root: The folder that paths in ids and reports are relative to; absolute.
        config_file: The configuration file, absolute; None when there is none.
        origins: Key to where its value comes from: ``"command line"`` or the file's path; defaults are not in it.
    """

    exclude: tuple[str, ...] = ()
    respect_gitignore: bool = True
    force_exclude: bool = False
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    keyword: str = ""
    changed_since: str = ""
    seed: int = 0
    trials: int = 3
    mode: Mode = "auto"
    dtype: str = "float64"
    upcast: bool = True
    threshold: float = 1e-5
    self_test: bool = False
    timeout: float = 60.0
    device: str = ""
    jobs: int = 0
    maxfail: int = 0
    python: str = ""
    pythonpath: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    baseline: str = ""
    write_baseline: str = ""
    color: Literal["auto", "always", "never"] = "auto"
    verbosity: int = 0
    exit_zero: bool = False
    fail_on_empty: bool = False
    fail_on_inconclusive: bool = False
    fail_under: float = 0.0
    root: str = ""
    config_file: str | None = None
    origins: Mapping[str, str] = MappingProxyType({})

    def origin(self, key: str) -> str:
        """Where the value of an option comes from: ``"command line"``, the configuration file, or ``"default"``."""
        return self.origins.get(key, DEFAULT)

    def place(self, key: str) -> str:
        """How a message names what an option was given by: the option itself, or the key of the configuration file."""
        file = self.config_file if self.origin(key) == self.config_file else None
        return config_file.ConfigFile(file, {}).place(key) if file else f"--{key}"

    @property
    def workers(self) -> int:
        """How many audits run at once: `jobs`, or the number of CPUs that this process may use."""
        if self.jobs:
            return self.jobs
        if hasattr(os, "sched_getaffinity"):
            return len(os.sched_getaffinity(0))
        return os.cpu_count() or 1


class Option(NamedTuple):
    """A row of the table of options.

    Attributes:
        key: As written in the configuration file; on the command line it stands behind two dashes.
        kind: What it takes.
        help: One line.
        commands: Which commands heed it.
    """

    key: str
    kind: Kind
    help: str
    commands: tuple[str, ...] = ("scan",)

    @property
    def field(self) -> str:
        """Its name in `Settings`."""
        return self.key.replace("-", "_")

    @property
    def default(self) -> object:
        """Its value where neither the command line nor the configuration file sets it."""
        return Settings._field_defaults[self.field]


_BOTH = ("scan", "list")
OPTIONS: dict[str, Option] = {
    option.key: option
    for option in (
        Option("exclude", TEXTS, "patterns of files to leave out, as in .gitignore, relative to the root", _BOTH),
        Option("respect-gitignore", BOOLEAN, "leave out what git ignores", _BOTH),
        Option("force-exclude", BOOLEAN, "leave out excluded files even where they are named", _BOTH),
        Option("select", CODES, "rules that count, as codes or their beginnings", _BOTH),
        Option("extend-select", CODES, "rules that count besides those that are selected", _BOTH),
        Option("ignore", CODES, "rules that do not count, as codes or their beginnings", _BOTH),
        Option("per-file-ignores", CODES_BY_PATTERN, "rules that do not count in files, by the files' patterns", _BOTH),
        Option("keyword", TEXT, "take audits whose id has these words, joined by and, or, not", _BOTH),
        Option("changed-since", TEXT, "take audits that the changes since a git revision touch", _BOTH),
        Option("seed", integer(0), "seed of the random inputs"),
        Option("trials", integer(1), "random points at which each audit is checked"),
        Option("mode", choice("auto", "elementwise", "directional"), "how gradients are compared"),
        Option("dtype", choice("float64", "float32", "float16", "bfloat16"), "precision that the code is meant for"),
        Option("upcast", BOOLEAN, "check the formula in float64 whatever the dtype"),
        Option("threshold", POSITIVE, "relative difference above which a gradient fails"),
        Option("self-test", BOOLEAN, "distort gradients that pass, and see that each distortion is caught"),
        Option("device", TEXT, "where arrays of frameworks that have devices are put: cpu, cuda, cuda:1"),
        Option("timeout", POSITIVE, "seconds that an audit may take"),
        Option("jobs", integer(0), "audits that run at once; 0 for one a CPU"),
        Option("maxfail", integer(0), "stop after so many failures; 0 for never"),
        Option("python", TEXT, "interpreter whose packages the audited code needs"),
        Option("pythonpath", TEXTS, "folders to import from, relative to the configuration file"),
        Option("output", OUTPUTS, "reports to write, as FORMAT or FORMAT=FILE", _BOTH),
        Option("baseline", TEXT, "file of known findings, which do not fail", _BOTH),
        Option("write-baseline", TEXT, "file to write the findings of this run to as known ones"),
        Option("color", choice("auto", "always", "never"), "whether reports for people are coloured", _BOTH),
        Option("verbosity", integer(-1, 1), "-1 for failures and the summary alone, 1 for more", _BOTH),
        Option("exit-zero", BOOLEAN, "end with status 0 even with findings", _BOTH),
        Option("fail-on-empty", BOOLEAN, "end with status 1 if no audit is found", _BOTH),
        Option("fail-on-inconclusive", BOOLEAN, "end with status 1 if an audit can't be decided"),
        Option(
            "fail-under", PERCENT, "end with status 1 if less of the hand-written backward passes is audited", _BOTH
        ),
    )
}


def load(start: str, config: str | None, command_line: Mapping[str, object], paths: Sequence[str] = ()) -> Settings:
    """The settings of a run.

    Args:
        start: The working directory: the configuration is searched from here upwards.
        config: A configuration file named by the user, relative to `start`; none is searched then.
        command_line: Options by key or by field name; those that were not given are None, or an empty list.
        paths: What is to be looked at; where nothing is found from `start` upwards, or some of them lie outside of
            what is found, their own project counts.

    Raises:
        UsageError: A file can't be read or is no TOML, a key is unknown, a value is of another kind.
    """
    start = os.path.abspath(start)
    found = config_file.find(start) if config is None else config_file.read(_absolute(start, config))
    top = start
    if config is None and (project := _project_of(paths, start, found)):
        top, found = project, config_file.find(project)
    values, origins = _from_file(found) if found else ({}, {})
    for name, value in command_line.items():
        if value is not None and value not in ([], ()):
            option = OPTIONS[name.replace("_", "-")]
            given = value_kinds.read_value(option.kind, f"--{option.key}", value)
            values[option.field] = _located(option, given, start)
            origins[option.key] = COMMAND_LINE
    for folder in values.get("pythonpath", ()):  # type: ignore[attr-defined]  # its kind makes it texts
        if not os.path.isdir(folder):
            place = found.place("pythonpath") if found and origins["pythonpath"] != COMMAND_LINE else "--pythonpath"
            raise UsageError(f"{place}: there is no folder {folder}; make it, or name another")
    root = os.path.dirname(found.path) if found else git_top_level(top) or start
    # The table proves each value to be of its field's type; no type checker can follow that.
    return Settings(**values, root=root, config_file=found.path if found else None, origins=origins)  # type: ignore[arg-type]


def _project_of(paths: Sequence[str], start: str, found: config_file.ConfigFile | None) -> str:
    """The folder that some paths have in common, if another project than the working directory's has all of them."""
    places = [_absolute(start, path.partition("::")[0]) for path in paths]
    if not places or not all(map(os.path.exists, places)):
        return ""
    root = os.path.dirname(found.path) if found else git_top_level(start)
    if root and all(place == root or place.startswith(os.path.join(root, "")) for place in places):
        return ""
    try:
        common = os.path.commonpath(places)
    except ValueError:  # on two drives of Windows
        return ""
    folder = common if os.path.isdir(common) else os.path.dirname(common)
    return folder if config_file.find(folder) or git_top_level(folder) else ""


def show(settings: Settings, command: str = "scan") -> str:
    """What ``--show-settings`` prints: every option that a command heeds, its value and where that comes from.

    >>> print(show(Settings(root="/project"), "list").splitlines()[2])
    exclude = []  # default
    """
    lines = [f"# root: {settings.root}", f"# configuration file: {settings.config_file or 'none'}"]
    lines += [
        f"{option.key} = {_toml(getattr(settings, option.field), option.kind)}  # {settings.origin(option.key)}"
        for option in OPTIONS.values()
        if command in option.commands
    ]
    return "\n".join(lines)


def _from_file(file: config_file.ConfigFile) -> tuple[dict[str, object], dict[str, str]]:
    values: dict[str, object] = {}
    for key, value in file.table.items():
        if key not in OPTIONS:
            raise UsageError(f"{file.place(key)}: unknown key; {nearest(key, OPTIONS)}")
        option = OPTIONS[key]
        given = value_kinds.read_value(option.kind, file.place(key), value)
        values[option.field] = _located(option, given, os.path.dirname(file.path))
    return values, dict.fromkeys(file.table, file.path)


def _located(option: Option, value: object, folder: str) -> object:
    """Paths in a value made absolute: they are relative to the configuration file, or to the working directory."""
    if option.key == "pythonpath" and isinstance(value, tuple):
        return tuple(_absolute(folder, path) for path in value)
    if option.key == "output" and isinstance(value, tuple):
        return tuple(_located_output(folder, output) for output in value)
    if option.key in {"baseline", "write-baseline"} and isinstance(value, str) and value:
        return _absolute(folder, value)
    if option.key == "python" and isinstance(value, str) and os.path.dirname(value):
        return _absolute(folder, value)  # a bare name such as "python3.12" is searched on PATH by who starts it
    return value


def _located_output(folder: str, output: str) -> str:
    output_format, equals, file = output.partition("=")
    return f"{output_format}={_absolute(folder, file)}" if equals else output


def _absolute(folder: str, path: str) -> str:
    return os.path.normpath(os.path.join(folder, os.path.expanduser(path)))


def _toml(value: object, kind: Kind = TEXT) -> str:
    """A setting as TOML; JSON's texts are TOML's too."""
    import json

    if kind is CODES_BY_PATTERN and isinstance(value, tuple):
        return f"{{{', '.join(f'{_toml(pattern)} = {_toml(codes)}' for pattern, codes in value)}}}"
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return repr(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)
