"""Rules as SARIF describes them: names, descriptions and help from the catalogue, and what GitHub ranks alerts by."""

from __future__ import annotations

from gradaudit.rules import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradaudit.reporters.json_report import Json
    from gradaudit.rules import Rule

# By the first digit of a code: what its rules are about, and how seldom an alert of theirs is wrong. What ran and was
# compared is as good as certain; what the source alone shows may be audited where no discovery looks.
_FAMILIES = {
    "0": ("audit", "very-high"),
    "1": ("source", "medium"),
    "2": ("wrong-gradient", "very-high"),
    "3": ("unsafe-backward", "high"),
    "4": ("undecided", "medium"),
}


def described(codes: Iterable[str]) -> list[Json]:
    """The rules with these codes, each as a ``reportingDescriptor``."""
    return [_rule(RULES[code]) for code in codes]


def _rule(rule: Rule) -> Json:
    summary, _, rest = rule.text.partition("\n")
    family, precision = _FAMILIES[rule.code[2]]
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": summary},
        "fullDescription": {"text": _meaning(rest) or summary},
        "help": {"text": plain(rule.text), "markdown": rule.text},
        "defaultConfiguration": {"level": rule.severity},
        "properties": {
            "tags": ["gradient", family],
            "precision": precision,
            "problem.severity": rule.severity,
        },
    }


def _meaning(text: str) -> str:
    """What stands below ``## What it means``, as one paragraph."""
    section = text.partition("## What it means\n")[2].partition("\n## ")[0]
    return plain(section).replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n\n").strip()


def plain(markdown: str) -> str:
    r"""Markdown of the catalogue as plain text: headings without their signs, code without fences.

    >>> print(plain("## Right\n\n```python\n# the sum\nx.sum()\n```"))
    Right
    <BLANKLINE>
    # the sum
    x.sum()
    """
    lines: list[str] = []
    inside = False
    for line in markdown.split("\n"):
        if line.startswith("```"):
            inside = not inside
        else:
            lines.append(line if inside else line.removeprefix("## ").replace("`", ""))
    return "\n".join(lines)
