"""What is found in the source, and how it is called."""

import subprocess
import sys
import textwrap
from collections import Counter

import pytest

import gradaudit.declaration
from gradaudit.configuration import Settings
from gradaudit.discovery import discover
from gradaudit.errors import UsageError

HEADER = "from gradaudit import audited_backward\n"


@pytest.fixture
def find(tmp_path):
    """Write ``a.py`` with a source and find what is in it."""

    def find_in(source, *selectors, header=HEADER):
        (tmp_path / "a.py").write_text(header + textwrap.dedent(source))
        paths = [f"a.py::{selector}" for selector in selectors] or ["a.py"]
        return discover(paths, Settings(root=str(tmp_path)), str(tmp_path))

    return find_in


def names(discovery):
    return [target.id.removeprefix("a.py::") for target in discovery.targets]


ALIASES = {
    "as": "from gradaudit import audited_backward as ab\n@ab(forward=f)\ndef b(): ...",
    "declaration": "from gradaudit.declaration import audited_backward\n@audited_backward(forward=f)\ndef b(): ...",
    "module": "import gradaudit\n@gradaudit.audited_backward(forward=f)\ndef b(): ...",
    "module as": "import gradaudit as g\n@g.audited_backward(forward=f)\ndef b(): ...",
    "submodule": "import gradaudit.declaration\n@gradaudit.declaration.audited_backward()\ndef b(): ...",
    "submodule as": "import gradaudit.declaration as d\n@d.audited_backward()\ndef b(): ...",
    "submodule from": "from gradaudit import declaration as d\n@d.audited_backward()\ndef b(): ...",
    "star": "from gradaudit import *\n@audited_backward()\ndef b(): ...",
    "star handed on": "from ._compat import *\n@audited_backward()\ndef b(): ...",
    "star of others behind": ("from gradaudit import audited_backward as ab\nfrom numpy import *\n@ab()\ndef b(): ..."),
    "handed on": "from .testing import audited_backward\n@audited_backward()\ndef b(): ...",
    "assigned": "import gradaudit\ncheck = gradaudit.audited_backward\n@check()\ndef b(): ...",
    "assigned twice": "from gradaudit import audited_backward\nx = y = audited_backward\nz = y\n@z()\ndef b(): ...",
    "optional": (
        "try:\n    from gradaudit import audited_backward\nexcept ImportError:\n"
        "    def audited_backward(**_):\n        return lambda f: f\n@audited_backward()\ndef b(): ..."
    ),
    "optional, by a condition": (
        "if x:\n    from gradaudit import audited_backward as ab\nelse:\n    ab = None\n@ab()\ndef b(): ..."
    ),
}


@pytest.mark.parametrize("source", ALIASES.values(), ids=ALIASES)
def test_the_decorator_is_known_by_any_name(find, source):
    assert names(find(source, header="")) == ["b"]


FORMS = {
    "function": ("@audited_backward(forward=f)\ndef b(): ...", ["b"]),
    "bare": ("@audited_backward\ndef b(): ...", ["b"]),
    "async": ("@audited_backward()\nasync def b(): ...", ["b"]),
    "class": ("@audited_backward()\nclass Layer: ...", ["Layer"]),
    "method": ("class Layer:\n    @staticmethod\n    @audited_backward()\n    def b(): ...", ["Layer.b"]),
    "nested class": ("class A:\n    class B:\n        @audited_backward()\n        def b(): ...", ["A.B.b"]),
    "stacked": ("@audited_backward(name='x')\n@audited_backward(name='y')\ndef b(): ...", ["b[x]", "b[y]"]),
    "call": ("audit = audited_backward(forward=f)(b)", ["audit"]),
    "bare call": ("audit = audited_backward(b)", ["audit"]),
    "annotated": ("audit: object = audited_backward()(b)", ["audit"]),
    "in a class": ("class A:\n    audit = audited_backward()(b)", ["A.audit"]),
    "attribute": ("module.audit = audited_backward()(b)", ["module.audit"]),
    "pairs": ("x, y = audited_backward()(f), audited_backward()(g)", ["x", "y"]),
    "unpacked": ("x, *y = audited_backward()(f), audited_backward()(g)", ["f", "g"]),
    "walrus": ("print(audit := audited_backward()(b))", ["audit"]),
    "either": ("audit = audited_backward()(b) if x else audited_backward()(c)", ["audit", "audit#2"]),
    "unassigned": ("audited_backward()(scipy.optimize.rosen_der)", ["scipy.optimize.rosen_der"]),
    "item": ("audits['x'] = audited_backward()(b)", ["b"]),
    "lambda": ("audited_backward()(lambda x: x)", ["<lambda>"]),
    "result of a call": ("audited_backward()(partial(b, 2))", ["partial"]),
    "argument": ("register(audited_backward()(b))", ["b"]),
    "list": ("audits = [audited_backward()(f), audited_backward()(g)]", ["f", "g"]),
    "audit of an audit": ("x = audited_backward(name='y')(audited_backward(name='z')(b))", ["x[y]", "x[z]"]),
    "if, try, with": (
        (
            "if x:\n    @audited_backward()\n    def a(): ...\n"
            "try:\n    audited_backward()(b)\nfinally:\n    audited_backward()(c)\n"
            "with x:\n    audited_backward()(d)\n"
            "match x:\n    case 1:\n        audited_backward()(e)"
        ),
        ["a", "b", "c", "d", "e"],
    ),
    "partial": (
        (
            "import functools\ncheck = functools.partial(audited_backward, forward=f)\n"
            "@check(name='x')\ndef b(): ...\naudit = check()(c)"
        ),
        ["b[x]", "audit"],
    ),
    "partial of a partial": (
        (
            "from functools import partial as p\nx = p(audited_backward, name='x')\ny = p(x, seed=1)\n"
            "@y()\ndef b(): ...\n@y(name='z')\ndef c(): ..."
        ),
        ["b[x]", "c[z]"],
    ),
    "twice": ("@audited_backward()\ndef b(): ...\n@audited_backward()\ndef b(): ...", ["b", "b#2"]),
}


@pytest.mark.parametrize(("source", "expected"), FORMS.values(), ids=FORMS)
def test_an_audit_has_the_name_of_what_it_audits_or_is_assigned_to(find, source, expected):
    discovery = find(source)
    assert names(discovery) == expected
    assert not discovery.findings
    assert not any(target.repeats or target.names_vary or target.finding for target in discovery.targets)


NOTHING = {
    "mentioned": "import gradaudit\n# audited_backward\n'audited_backward'",
    "of no import": "@audited_backward()\ndef b(): ...",
    "handed on": "from gradaudit import audited_backward\n__all__ = ['audited_backward']",
    "redefined behind a star": "from ._compat import *\ndef audited_backward(): ...\n@audited_backward()\ndef b(): ...",
    "redefined": "from gradaudit import audited_backward as ab\ndef ab(): ...\n@ab()\ndef b(): ...",
    "reassigned": "from gradaudit import audited_backward\naudited_backward = x\n@audited_backward()\ndef b(): ...",
    "parameter": "from gradaudit import audited_backward as ab\ndef g(ab):\n    return ab()(f)",
    "lambda's": "from gradaudit import audited_backward\nlambda audited_backward: audited_backward()(f)",
    "loop variable": "from gradaudit import audited_backward\nfor audited_backward in x:\n    audited_backward()(f)",
    "other name": "import gradaudit as g  # audited_backward\n@g.check_gradient()\ndef b(): ...",
}


@pytest.mark.parametrize("source", NOTHING.values(), ids=NOTHING)
def test_what_is_no_use_of_the_decorator_is_not_found(find, source):
    assert names(find(source, header="")) == []


REPEATS = {
    "for": ("for b in x:\n    audited_backward(forward=f)(b)", "b"),
    "while": ("while x:\n    @audited_backward()\n    def b(): ...", "b"),
    "list": ("audits = [audited_backward()(b) for b in x]", "audits"),
    "dict": ("audits = {b: audited_backward()(b) for b in x}", "audits"),
    "generator": ("audits = tuple(audited_backward()(b) for b in x)", "audits"),
    "class in a loop": ("for b in x:\n    class A:\n        audit = audited_backward()(b)", "A.audit"),
    "applied elsewhere": ("check = audited_backward(forward=f)\ncheck(b)", "check"),
    "mapped": ("list(map(audited_backward(), [f, g]))", "audited_backward"),
}


@pytest.mark.parametrize(("source", "expected"), REPEATS.values(), ids=REPEATS)
def test_what_may_declare_several_audits_is_one_target_that_repeats(find, source, expected):
    (target,) = find(source).targets
    assert (target.qualname, target.repeats, target.finding) == (expected, True, None)


@pytest.mark.parametrize(
    ("options", "name", "varies"),
    [
        ("", None, False),
        ("name='wide'", "wide", False),
        ("name='two ' 'words'", "two words", False),
        ("name=None", None, False),
        ("name=f'{x}'", None, True),
        ("name=x", None, True),
        ("**options", None, True),
        ("**options, name='wide'", "wide", False),
    ],
)
def test_a_name_is_the_constant_text_or_varies(find, options, name, varies):
    (target,) = find(f"@audited_backward({options})\ndef b(): ...").targets
    assert (target.name, target.names_vary) == (name, varies)


UNREACHABLE = {
    "function": ("def main():\n    @audited_backward()\n    def b(): ...", "main.b", "inside the function main"),
    "method": (
        "class A:\n    def run(self):\n        audit = audited_backward()(b)",
        "A.run.audit",
        "inside the function A.run",
    ),
    "async": ("async def main():\n    audited_backward()(b)", "main.b", "inside the function main"),
    "lambda in one": ("def main():\n    return lambda: audited_backward()(b)", "main.b", "inside the function main"),
    "called by none but itself": ("def main():\n    main(audited_backward()(b))", "main.b", "inside the function main"),
    "called under the main guard": (
        "def main():\n    audited_backward()(b)\nif __name__ == '__main__':\n    main()",
        "main.b",
        "inside the function main",
    ),
    "main": ("if __name__ == '__main__':\n    audited_backward()(b)", "b", "__main__"),
    "main, turned round": ("if '__main__' == __name__ and x:\n    audited_backward()(b)", "b", "__main__"),
    "imported there": (
        "def main():\n    import gradaudit as g\n    g.audited_backward()(b)",
        "main.b",
        "function main",
    ),
}


@pytest.mark.parametrize(("source", "qualname", "where"), UNREACHABLE.values(), ids=UNREACHABLE)
def test_what_an_import_does_not_run_is_a_target_with_a_finding(find, source, qualname, where):
    (target,) = find(source).targets
    assert target.qualname == qualname
    assert target.finding.code == "GA002"
    assert where in target.finding.message
    assert "module level" in target.finding.help


CALLED = {
    "at the top": "def main():\n    audited_backward()(b)\nmain()",
    "through another": "def main():\n    audited_backward()(b)\ndef run(): main()\nif x:\n    run()",
    "handed on": "def main():\n    audited_backward()(b)\nhandlers = [main]",
    "by a decorator": "@at_once\ndef main():\n    audited_backward()(b)",
    "when a class is built": "class A:\n    def __init__(self):\n        audited_backward()(b)\na = A()",
    "in a class body": "def main():\n    audited_backward()(b)\nclass A:\n    x = main()",
    "as a lambda": "run = lambda: audited_backward()(b)",
}


@pytest.mark.parametrize("source", CALLED.values(), ids=CALLED)
def test_what_a_function_declares_that_importing_may_call_is_a_target_that_repeats(find, source):
    (target,) = find(source).targets
    assert (target.finding, target.repeats) == (None, True)


def test_the_else_of_the_main_guard_runs_when_imported(find):
    (target,) = find("if __name__ == '__main__':\n    pass\nelse:\n    audited_backward()(b)").targets
    assert target.finding is None


def test_decorators_and_defaults_of_functions_run_when_imported(find):
    discovery = find("def f(x=audited_backward()(b)): ...\n@register(audited_backward()(c))\ndef g(): ...")
    assert [(target.qualname, target.finding) for target in discovery.targets] == [("b", None), ("c", None)]


def test_lines_are_those_of_the_call_and_of_the_definition(find):
    discovery = find(
        """\
        @register
        @audited_backward(
            forward=f,
        )
        @other
        def b(): ...
        audit = (
            audited_backward(forward=f)
            (b)
        )
        """
    )
    lines = [(target.line, target.end_line, target.definition_line) for target in discovery.targets]
    assert lines == [(3, 5, 7), (9, 9, 9)]


RUNNABLE = """\
import functools
import gradaudit as g
def f(*x): return f
@audited_backward
def bare(): ...
@audited_backward(
    forward=f,
    name="a"
      "b",
)
@functools.lru_cache
@audited_backward(forward=f,

    seed=3)
def stacked(): ...
class A:
    @g.audited_backward(
        forward=f)
    def method(self): ...
    @audited_backward(forward=f)
    class B: ...
x, y = audited_backward(forward=f)(f), (
    g
    .audited_backward(
        forward=f,
    )
    (
        f
    )
)
check = functools.partial(audited_backward,
    forward=f)
@check(
    name="c",
)
def partial(): ...
assigned = audited_backward(
    f
)
for name in "pq":
    audited_backward(
        forward=f,
        name=name,
    )(lambda x:
        x)
many = [
    audited_backward(
        forward=f,
    )(f)
    for _ in "123"
]
later = audited_backward(
    forward=f)
later(f)
later(f)
"""


def reports(target, line):
    # Python 3.10 reports the line of the `def` for a bare decorator.
    is_bare = target.line == target.end_line < target.definition_line
    return target.line <= line <= target.end_line or (is_bare and line == target.definition_line)


def test_the_lines_are_those_that_declarations_report_when_run(find):
    targets = find(RUNNABLE).targets
    namespace = {"__name__": "runnable"}
    exec(HEADER + RUNNABLE, namespace)
    lines = [declaration.line for declaration in gradaudit.declaration.declarations_of(namespace)]
    declared = Counter(target.qualname for line in lines for target in targets if reports(target, line))
    assert declared == {
        "bare": 1, "stacked": 2, "A.method": 1, "A.B": 1, "x": 1, "y": 1, "partial": 1, "assigned": 1, "<lambda>": 2,
        "many": 3, "later": 2,
    }  # fmt: skip


UNPARSABLE = {
    "syntax": (b"def broken(:\n", 2),
    "null byte": (b"x = '\0'\n", None),
    "not UTF-8": (b"x = '\xff'\n", None),
    "unknown coding": (b"", None),
    "deep": (b"(" * 100_000 + b"\n", None),
    "deep operators": (b"x = " + b"-" * 50_000 + b"1\n", None),
    "deep attributes": (b"x = y" + b".z" * 50_000 + b"\n", None),
}


@pytest.mark.parametrize(("source", "line"), UNPARSABLE.values(), ids=UNPARSABLE)
def test_a_file_that_cannot_be_parsed_is_a_finding_and_the_others_go_on(tmp_path, source, line):
    header = b"# coding: latin-99 audited_backward\n" if not source else b"# audited_backward\n"
    (tmp_path / "a.py").write_bytes(header + source)
    (tmp_path / "b.py").write_text(HEADER + "audited_backward()(b)\n")
    discovery = discover([], Settings(root=str(tmp_path)), str(tmp_path))
    (finding,) = discovery.findings
    assert (finding.code, finding.file) == ("GA001", "a.py")
    assert line is None or finding.line == line
    assert [target.id for target in discovery.targets] == ["b.py::b"]


def test_a_broken_file_that_does_not_mention_the_decorator_is_passed_over(tmp_path):
    (tmp_path / "a.py").write_text("def broken(:\nimport gradaudit\n")
    assert discover([], Settings(root=str(tmp_path)), str(tmp_path)).findings == ()


def test_a_coding_cookie_is_honoured(tmp_path):
    source = HEADER + "audited_backward(name='é')(b)\n"
    (tmp_path / "a.py").write_bytes(b"# coding: latin-1\n" + source.encode("latin-1"))
    assert names(discover([], Settings(root=str(tmp_path)), str(tmp_path))) == ["b[é]"]


def test_warnings_of_the_parser_are_silent(find):
    assert names(find("x = '\\d'; 1 is 1\naudited_backward()(b)")) == ["b"]


SEVERAL = """
@audited_backward(name="wide")
@audited_backward(name="deep [2]")
@audited_backward()
def b(): ...
class A:
    @audited_backward()
    def b(): ...
    @audited_backward()
    def c(): ...
@audited_backward()
def b(): ...
"""


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        (["b[wide]"], ["b[wide]"]),
        (["b[deep [2]]"], ["b[deep [2]]"]),
        (["b"], ["b[wide]", "b[deep [2]]", "b", "b#2"]),
        (["b#2"], ["b#2"]),
        (["A.b"], ["A.b"]),
        (["A"], ["A.b", "A.c"]),
        (["A.c", "b#2", "A.c"], ["A.c", "b#2"]),
    ],
)
def test_a_selector_takes_what_it_names(find, selectors, expected):
    discovery = find(SEVERAL, *selectors)
    assert names(discovery) == expected
    assert discovery.labels == {}


@pytest.mark.parametrize(
    ("selector", "complaint"),
    [
        ("b[wied]", r"a\.py::b\[wied\]: no such audit; did you mean 'b\[wide\]'\?"),
        ("", "no such audit"),
        ("b#3", "no such audit"),
        ("zzzzzzzzz", "known are"),
    ],
)
def test_a_selector_that_matches_nothing_names_the_nearest(find, selector, complaint):
    with pytest.raises(UsageError, match=complaint):
        find(SEVERAL, selector)


def test_a_selector_of_a_file_without_audits_says_so(find):
    with pytest.raises(UsageError, match="declares none"):
        find("", "b")


def test_a_selector_of_a_broken_file_is_its_finding(find):
    assert [finding.code for finding in find("def broken(:", "b").findings] == ["GA001"]


VARYING = """
for n in x:
    audited_backward(name=n)(b)
for n in x:
    audited_backward(name="c")(c)
"""


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        (["b"], {"b": ()}),
        (["b[wide]"], {"b": ("wide",)}),
        (["b[wide]", "b[deep]#2"], {"b": ("wide", "deep#2")}),
        (["b[wide]", "b"], {"b": ()}),
        (["b#3"], {"b": ("#3",)}),
        (["c[c]"], {"c": ()}),
        (["c[c]#2"], {"c": ("c#2",)}),
    ],
)
def test_what_is_asked_of_names_known_when_run_is_handed_on(find, selectors, expected):
    discovery = find(VARYING, *selectors)
    assert {target.qualname: discovery.labels.get(target, ()) for target in discovery.targets} == expected


@pytest.mark.parametrize("selector", ["c[d]", "b[wide", "b[wide]x", "bb[wide]"])
def test_what_no_name_known_when_run_can_be_matches_nothing(find, selector):
    with pytest.raises(UsageError, match="no such audit"):
        find(VARYING, selector)


def test_the_first_use_is_told_once_and_before_anybody_looks_at_the_file(tmp_path):
    (tmp_path / "a.py").write_text("# audited_backward is not used here\n")
    for name in "bc":
        (tmp_path / f"{name}.py").write_text(HEADER + "audited_backward()(f)\n")
    told = []

    class Witness:
        def wants(self, file, source, *, mentioned):
            return True

        def see(self, file, tree, source, cell=None):
            told.append(file)

    discover([], Settings(root=str(tmp_path)), str(tmp_path), Witness(), lambda: told.append("first"))
    assert told == ["a.py", "first", "b.py", "c.py"]


def test_discovering_imports_nothing_of_what_it_reads(tmp_path):
    (tmp_path / "poison.py").write_text(HEADER + "raise SystemExit(7)\naudited_backward()(b)\n")
    code = (
        "import sys; from gradaudit.configuration import Settings; from gradaudit.discovery import discover\n"
        f"found = discover([], Settings(root={str(tmp_path)!r}), {str(tmp_path)!r})\n"
        "print(found.targets[0].id, 'poison' in sys.modules, 'numpy' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["poison.py::b", "False", "False"]
