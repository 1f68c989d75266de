r"""How many of the findings of GA101 are hand-written backward passes, and how many of these it finds.

Usage: python benchmarks/coverage_precision.py [--draw N SEED] SITE_PACKAGES [SITE_PACKAGES ...]

The findings below the given folders are compared with what people have judged by reading the source, in
`coverage_sample/`: in `precision.csv` findings drawn at random (`--draw 100 20261121`), in `recall.csv` every
hand-written backward pass of ten files that were read whole, and in `held_out.csv` those of 45 files that were read
before anybody looked at what is found in them. What is judged holds for the versions of the packages that stand beside
it; what is not installed in that version is said and left out. With `--draw`, a new sample of findings is printed as
rows to judge.

A finding is right where its author wrote what happens to an upstream gradient, or wrote out a derivative; it is wrong
where automatic differentiation does it for them, or where there is no gradient.

The ten files of `recall.csv` were chosen because much is written by hand in them. The 45 were not chosen. They are
drawn from the 1083 files of torch, jax, autograd, scipy, scikit-learn, statsmodels, optax and numpy-ml that have 60
to 1200 lines, are in no folder of tests, and hold one of
`backward|vjp|jvp|gradient|_grad|grad_|deriv|score|fprime|\bjac\b` in either case: sorted by path, shuffled with
`random.Random(20261121)`, the first 45. Three of them were skimmed, the others read from beginning to end. Five hold
a backward pass; each of the others has a row that names none. When they were read, 3 of the 9 were found. Rules of
JAX primitives and derivatives that solvers are given are found by forms that were written after that reading and
because of it, and so are second derivatives and likelihoods: for these forms the files are held out no more, and the
figure is no estimate of what is found elsewhere.

`held_out_later.csv` has the next sixty of that order, but for the one that is in `recall.csv`, read after those forms
were written: 11 of them are read closely, the others looked through. 7 of the 11 backward passes in them were found;
autograd's makers for several arguments are followed since then.

`held_out_third.csv` has the seventy after those, listed before anybody looked at what is found in them: 20 are read
where a derivative may be, the others looked through by what they define and by the lines that speak of gradients. 5 of
the 14 backward passes in them were found: all 5 that a framework is given, and none of the 9 other functions and
methods. Five more were in doubt and have no row: a pullback inside a solver's loop, two Jacobians that are differences
of another one, and two functions around a fused kernel, where GA101 names the third, which calls it. One finding was
wrong: it hands on to automatic differentiation. Values that are returned with a derivative called after them, and
gradients on request, are found since then.

`held_out_fourth.csv` has the hundred after those, listed in the same way: 28 are read where a derivative may be. 41 of
the 63 backward passes in them were found: all 32 that a framework is given, 21 of them in two files of autograd, and 9
of the 31 other functions and methods. 19 of the 22 that were missed are second and higher derivatives, and derivatives
of an inverse, in one file of statsmodels; without that file 37 of 40 were found. Eleven more were in doubt and have no
row, four of which GA101 names: two of these are wrong, for they run a graph that was differentiated automatically or
that they are given, and two call a kernel that is compiled. Numbered orders and names that share a part are found since
then.

`precision.csv` was drawn before the forms that the last two samples led to. All 72 findings of these were read instead:
69 are right, and three in doubt, which hand on to others or build on a numerical derivative.

`precision_later.csv` was drawn (`--draw 100 20261122`) after the forms that all samples above led to, from 869
findings. 97 are right, 25 of them thin: an identity, a reshaped gradient, a call of a derivative written elsewhere. Two
that are wrong are a `torch.autograd.Function` each, whose backward runs a graph that automatic differentiation made;
the third trains by contrastive divergence and was in doubt: it writes out derivatives of free energies, and none of its
own forward. Ten findings are in `precision.csv` as well and were judged again before anybody looked there.
"""

from __future__ import annotations

import csv
import importlib.metadata
import json
import os
import random
import subprocess
import sys
from collections import Counter

_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "coverage_sample")

PRECISION = ("precision", "precision_later")
HELD_OUT = ("held_out", "held_out_later", "held_out_third", "held_out_fourth")

Place = tuple[str, str]
"""The path of a file below its site-packages, and the qualified name that a finding shows."""


def findings(folder: str) -> dict[Place, int]:
    """Places and lines of GA101 below a folder."""
    command = [sys.executable, "-m", "gradaudit", "list", folder, "--output", "json", "--exit-zero"]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=folder).stdout)
    found = {}
    for finding in report["findings"]:
        if finding["code"] == "GA101":
            name = finding["message"].removeprefix("no audit names ").rpartition(": ")[0]
            found[os.path.normpath(finding["file"]), name] = finding["line"]
    return found


def versions(folder: str) -> dict[str, str]:
    """Of the packages installed in a folder."""
    return {found.metadata["Name"].lower(): found.version for found in importlib.metadata.distributions(path=[folder])}


def judged(name: str, installed: dict[str, str]) -> tuple[list[dict[str, str]], Counter[str]]:
    """The rows of a table that hold for what is installed, and how many of each other package there are."""
    with open(os.path.join(_FOLDER, name), newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    kept = [row for row in rows if installed.get(row["package"]) == row["version"]]
    left = Counter(
        f"{row['package']} {row['version']}" for row in rows if installed.get(row["package"]) != row["version"]
    )
    return kept, left


def precision(found: dict[Place, int], installed: dict[str, str], name: str) -> list[str]:
    """What a judged sample says of the findings."""
    rows, left = judged(f"{name}.csv", installed)
    verdicts = {(row["path"], row["name"]): row["verdict"] for row in rows}
    still = [verdict for place, verdict in verdicts.items() if place in found]
    gone = sorted(place for place in verdicts if place not in found)
    right = still.count("right")
    share = right / max(len(still), 1)
    lines = [f"{name}: {right} of {len(still)} judged findings are right ({share:.0%})"]
    lines += [f"  {len(found) - len(still)} of {len(found)} findings are not judged"]
    lines += [f"  judged {verdicts[place]}, and not found any more: {place[0]} {place[1]}" for place in gone]
    return [*lines, *(f"  not installed: {package}, {count} judged" for package, count in sorted(left.items()))]


def recall(found: dict[Place, int], installed: dict[str, str]) -> list[str]:
    """How many of the backward passes of the files that were read are found."""
    rows, left = judged("recall.csv", installed)
    places = [(row["path"], row["name"]) for row in rows]
    hits = sum(place in found for place in places)
    files = len({path for path, _ in places})
    lines = [
        f"recall: {hits} of {len(places)} backward passes in {files} files are found ({hits / max(len(places), 1):.0%})"
    ]
    lines += [f"  missed: {path} {name}" for path, name in places if (path, name) not in found]
    return [*lines, *(f"  not installed: {package}, {count} listed" for package, count in sorted(left.items()))]


def held_out(found: dict[Place, int], installed: dict[str, str], name: str) -> list[str]:
    """How many of the backward passes of files that nobody chose are found."""
    rows, left = judged(f"{name}.csv", installed)
    places = [(row["path"], row["name"]) for row in rows if row["name"]]
    files = {row["path"] for row in rows}
    hits = sum(place in found for place in places)
    lines = [f"{name}: {hits} of {len(places)} in {len(files)} files drawn at random"]
    lines += [f"  missed: {path} {name}" for path, name in places if (path, name) not in found]
    others = sorted(place for place in found if place[0] in files and place not in places)
    lines += [f"  found, and not listed: {path} {name}" for path, name in others]
    return [*lines, *(f"  not installed: {package}, {count} rows" for package, count in sorted(left.items()))]


def drawn(found: dict[Place, int], size: int, seed: int) -> list[str]:
    """A sample of the findings, as rows to judge."""
    places = sorted((path, line, name) for (path, name), line in found.items())
    return [f"{path},{line},{name},," for path, line, name in sorted(random.Random(seed).sample(places, size))]  # noqa: S311 - a sample that can be drawn again


def main() -> int:
    """Print precision, recall and what is found in files that were held out, or a sample."""
    arguments = sys.argv[1:]
    draw = arguments[:1] == ["--draw"]
    folders = [os.path.abspath(folder) for folder in arguments[3 * draw :]]
    if not folders:
        sys.exit(__doc__)
    found = {place: line for folder in folders for place, line in findings(folder).items()}
    if draw:
        print("\n".join(drawn(found, int(arguments[1]), int(arguments[2]))))
        return 0
    installed = {name: version for folder in reversed(folders) for name, version in versions(folder).items()}
    lines = [line for name in PRECISION for line in precision(found, installed, name)]
    lines += recall(found, installed)
    lines += [line for name in HELD_OUT for line in held_out(found, installed, name)]
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
