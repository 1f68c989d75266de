"""What ``gradaudit explain`` shows: a rule's text, or that of all rules, for a terminal or as a page of Markdown."""

from __future__ import annotations

from gradaudit.errors import UsageError
from gradaudit.near_names import nearest
from gradaudit.rules import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.rules import Rule

FORMATS = ("text", "markdown")


def explain(code: str | None, *, everything: bool, output_format: str) -> str:
    """The text of one rule, of some, or of all.

    Args:
        code: A code, its beginning or a rule's name; None for all.
        everything: Whether all are wanted; in place of a code.
        output_format: One of `FORMATS`.

    Raises:
        UsageError: There is no such rule or format, or it is not one of a code and all.
    """
    if output_format not in FORMATS:
        raise UsageError(f"--output: explain has no format {output_format!r}; {nearest(output_format, FORMATS)}")
    if code is None and not everything:
        raise UsageError("explain: name a rule, such as GA201, or give --all")
    if code is not None and everything:
        raise UsageError(f"explain: {code!r} and --all contradict each other; give one of them")
    rules = list(RULES.values()) if code is None else find(code)
    if output_format == "text":
        return "\n\n\n".join(f"# {rule.code} {rule.name} ({rule.severity})\n\n{rule.text}" for rule in rules)
    return _page(rules) if everything else "\n\n".join(_section(rule, level=1) for rule in rules) + "\n"


def find(code: str) -> list[Rule]:
    """The rules with a code, a beginning of some codes or a name, in any case.

    Raises:
        UsageError: There is none.

    >>> [rule.name for rule in find("ga201")], [rule.code for rule in find("Wrong-Gradient")]
    (['wrong-gradient'], ['GA201'])
    >>> [rule.code for rule in find("GA4")]
    ['GA401', 'GA402']
    """
    wanted = code.strip()
    named = [rule for rule in RULES.values() if rule.name == wanted.lower()]
    begun = [rule for rule in RULES.values() if len(wanted) > len("GA") and rule.code.startswith(wanted.upper())]
    if not (named or begun):
        raise UsageError(f"{code!r} is no rule; {nearest(wanted, [*RULES, *(rule.name for rule in RULES.values())])}")
    return named or begun


def _page(rules: Sequence[Rule]) -> str:
    """All rules: a table that links to a section each."""
    table = ["| Code | Name | Severity | What it says |", "|---|---|---|---|", *map(_row, rules)]
    head = [f"# The {len(rules)} rules of gradaudit", "\n".join(table)]
    return "\n\n".join([*head, *(_section(rule, level=2) for rule in rules)]) + "\n"


def _row(rule: Rule) -> str:
    summary = rule.text.partition("\n")[0].replace("|", "\\|")
    selected = "" if rule.selected else ", not selected by default"
    return f"| [{rule.code}](#{anchor(rule)}) | {rule.name} | {rule.severity}{selected} | {summary} |"


def _section(rule: Rule, level: int) -> str:
    heading = f"{'#' * level} {rule.code} {rule.name}"
    selected = "" if rule.selected else ", not selected by default"
    return f'<a id="{anchor(rule)}"></a>\n\n{heading}\n\nSeverity: {rule.severity}{selected}.\n\n' + _below(rule, level)


def anchor(rule: Rule) -> str:
    """Where a page has a rule: its code, which is stable whatever its name is."""
    return rule.code.lower()


def _below(rule: Rule, level: int) -> str:
    """A rule's text with its headings, which are of the second level, one level below that of its own heading."""
    lines = []
    inside = False
    for line in rule.text.split("\n"):
        inside ^= line.startswith("```")
        lines.append("#" * (level - 1) + line if line.startswith("## ") and not inside else line)
    return "\n".join(lines)
