"""DIAGNOSE: the catalogue of findings. One file a rule; its docstring is what `gradaudit explain` prints.

A rule's file is imported only when its text is asked for, so the table holds what a run needs: code, name, severity.
"""

from __future__ import annotations

from typing import NamedTuple

from gradaudit.records.selection import Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradaudit.records.finding import Finding, Ignorer, Severity


class Rule(NamedTuple):
    """A row of the catalogue.

    Attributes:
        code: Stable for ever, such as ``"GA201"``.
        name: The rule's name, such as ``"wrong-gradient"``; its file has the same name with underscores.
        severity: An error fails its audit; a warning shows and does not.
        selected: Whether it counts unless ``--select`` or ``--ignore`` say otherwise.
        proved_by: Of a static rule, the codes that say the same of the same function once it has run.
        explains: Of a static rule, the codes that leave open what its mistake leads to: it is the reason where one
            gradient alone is wrong in such a way.
    """

    code: str
    name: str
    severity: Severity = "error"
    selected: bool = True
    proved_by: tuple[str, ...] = ()
    explains: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The docstring of the rule's file: what it means, why it matters, a wrong and a right example."""
        import importlib
        import inspect

        module = importlib.import_module(f"gradaudit.rules.{self.name.replace('-', '_')}")
        return inspect.cleandoc(module.__doc__ or "")


RULES: dict[str, Rule] = {
    rule.code: rule
    for rule in (
        Rule("GA001", "syntax-error"),
        Rule("GA002", "unreachable-audit"),
        Rule("GA003", "unresolved-forward"),
        Rule("GA004", "unbound-argument"),
        Rule("GA005", "import-failed"),
        Rule("GA006", "audit-raised"),
        Rule("GA007", "timed-out"),
        Rule("GA008", "crashed"),
        Rule("GA009", "unexpected-pass"),
        Rule("GA010", "unused-ignore"),
        Rule("GA101", "unaudited-backward", selected=False),
        Rule("GA102", "unused-upstream", proved_by=("GA209",)),
        Rule("GA103", "gradient-count"),
        Rule("GA104", "inplace-upstream", proved_by=("GA301",)),
        Rule("GA105", "check-in-training"),
        Rule("GA106", "unseeded-random", severity="warning", proved_by=("GA302",)),
        # Indices that repeat have a rule of their own; windows that overlap may look like any of the others.
        Rule("GA107", "assigned-not-accumulated", proved_by=("GA214",), explains=("GA201", "GA208", "GA213")),
        Rule("GA201", "wrong-gradient"),
        Rule("GA202", "sign-flipped"),
        Rule("GA203", "scaled-gradient"),
        Rule("GA204", "regularisation"),
        Rule("GA205", "transposed"),
        Rule("GA206", "zero-gradient"),
        Rule("GA207", "wrong-shape"),
        Rule("GA208", "wrong-elements"),
        Rule("GA209", "upstream-ignored"),
        Rule("GA210", "upstream-nonlinear"),
        Rule("GA211", "not-finite"),
        Rule("GA212", "swapped-gradients"),
        Rule("GA213", "size-dependent"),
        Rule("GA214", "missing-accumulation"),
        Rule("GA301", "mutates-argument"),
        Rule("GA302", "forward-nondeterministic"),
        Rule("GA303", "backward-stateful"),
        Rule("GA304", "dtype-changed", severity="warning"),
        Rule("GA305", "layout-dependent", severity="warning"),
        Rule("GA306", "aliased-gradient", severity="warning"),
        Rule("GA307", "imprecise"),
        Rule("GA401", "kink", severity="warning"),
        Rule("GA402", "too-noisy", severity="warning"),
    )
}

STATIC = tuple(code for code in RULES if code.startswith("GA1"))
"""The rules that the source alone shows."""


BY_DEFAULT = Selection()


def is_selected(code: str, selection: Selection = BY_DEFAULT) -> bool:
    """Whether a rule counts. The longest matching prefix wins, as in ruff; `ignore` wins over an equal one.

    What is ignored in a file is ignored there whatever is selected, as in ruff too.

    >>> is_selected("GA302", Selection(ignore=("GA3",)))
    False
    >>> is_selected("GA302", Selection(select=("GA302",), ignore=("GA3",)))
    True
    >>> is_selected("GA201", Selection(select=("GA3",)))
    False
    >>> is_selected("GA101", Selection(extend_select=("GA101",))), is_selected("GA101")
    (True, False)
    """
    if covers(selection.in_file, code):
        return False
    select = (*selection.select, *selection.extend_select)
    chosen = max((len(prefix) for prefix in select if code.startswith(prefix)), default=-1)
    dropped = max((len(prefix) for prefix in selection.ignore if code.startswith(prefix)), default=-1)
    if chosen < 0:
        return not selection.select and dropped < 0 and RULES[code].selected
    return chosen > dropped


def covers(codes: Iterable[str], code: str) -> bool:
    """Whether a code is among some, or begins with one of them.

    >>> covers(("GA201", "GA3"), "GA302")
    True
    """
    return any(code.startswith(prefix) for prefix in codes)


def judged(finding: Finding, selection: Selection) -> Finding:
    """A finding that knows whether it counts."""
    ignored: Ignorer = "comment" if covers(selection.in_comments, finding.code) else ""
    if not is_selected(finding.code, selection):
        if covers((*selection.ignore, *selection.in_file), finding.code):
            ignored = "selection"
        else:
            ignored = "unselected" if selection.select else ignored or "default"
    return finding if ignored == finding.ignored else finding._replace(ignored=ignored)


def fails(finding: Finding) -> bool:
    """Whether a finding, once it is judged, fails its audit: of severity error, and nothing says to ignore it."""
    return RULES[finding.code].severity == "error" and not finding.ignored


def mistake_in_code(code: str) -> str:
    """What is wrong with a code or its beginning that somebody wrote, and the remedy; empty where nothing is.

    >>> mistake_in_code("GA2"), mistake_in_code("wrong-gradient")
    ('', "no rule's code is or starts with 'wrong-gradient'; did you mean 'GA201'?")
    """
    if len(code) >= len("GA") and any(known.startswith(code) for known in RULES):
        return ""
    from gradaudit.near_names import nearest

    names = {rule.name: rule.code for rule in RULES.values()}
    remedy = f"did you mean {names[code]!r}?" if code in names else nearest(code.upper(), RULES)
    return f"no rule's code is or starts with {code!r}; {remedy}"
