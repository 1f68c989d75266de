"""What gradaudit and the checkers that people use find, on the same right and wrong backward passes.

    python benchmarks/detection.py [--seeds N] [--quick] [--processes N] [--list]

The pairs, their mutants and the stress points are in `detection_suite`. Peers that this interpreter does not have are
left out, and a line says so. Apart from times everything is the same in each run.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from typing import TYPE_CHECKING

# Read when numpy is imported, here and in the processes that measure.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
os.environ.setdefault("PYTHONWARNINGS", "ignore")  # overflow in what is wrong on purpose
warnings.simplefilter("ignore")

from detection_suite import tables  # noqa: E402 - after the number of threads
from detection_suite.cost import units  # noqa: E402
from detection_suite.locating import locate, locate_row  # noqa: E402
from detection_suite.measuring import Plan, measure  # noqa: E402
from detection_suite.pairs import PAIRS  # noqa: E402
from detection_suite.peers import PEERS  # noqa: E402
from detection_suite.stress import STRESS  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable

AT_SCALE = ("torch gradcheck, fast", "jax check_vjp", "autograd check_grads")
"""Peers that do not go through 1e6 elements one by one."""


def main() -> int:
    """Measure and print."""
    options = _options()
    seeds = 1 if options.quick else options.seeds
    present = [peer for peer in PEERS if peer.installed]
    few = 0 if options.quick else max(1, seeds // 5)
    plan = Plan(
        seeds=seeds,
        slow=few,
        whole=few,
        large=0 if options.quick else max(1, seeds // 20),
        draws=30 if options.quick else 220,
        peers=tuple(peer.name for peer in present if not (options.quick and peer.slow)),
    )
    _introduce(plan)
    measured = measure(plan, options.processes)
    print("At the same points, one for each seed; gradaudit with one trial there. Whole audits draw three times each")
    _print(tables.recall(measured))
    _print(tables.false_alarms(measured))
    if not options.quick:
        print("Audits of three trials that draw for themselves")
        _print(tables.whole_audits(measured))
        print("The cause that those name, at usual and at large sizes")
        _print(tables.names(measured))
    print("Where wrong elements are, one trial")
    searches = {
        "one": [locate(1, seed) for seed in range(seeds)],
        "five": [locate(5, seed) for seed in range(seeds)],
        "a row": [locate_row(seed) for seed in range(seeds)],
    }
    _print(tables.located(searches))
    print("Time, in forward+backward passes of the network that is checked")
    _print(tables.cost(units([peer for peer in present if peer.name in AT_SCALE], 1 if options.quick else 9)))
    if options.list:
        _print(naming.what for naming in measured.namings if naming.result in {"unnamed", "misnamed", "blamed"})
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20, help="points for each pair and mutant")
    parser.add_argument("--quick", action="store_true", help="one point, no slow peer, no large sizes")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="list what was not named, or by another name")
    return parser.parse_args()


def _introduce(plan: Plan) -> None:
    mutants = sum(len(pair.mutants) for pair in PAIRS)
    print(f"{len(PAIRS)} pairs with {mutants} mutants, {len(STRESS)} stress points, {plan.seeds} seeds")
    for peer in PEERS:
        if not peer.installed:
            print(f"{peer.name}: left out, {peer.package} is not installed")
        elif peer.name in plan.peers:
            fewer = f"; {plan.slow} seeds" if peer.slow else ""
            print(f"{peer.name}: {peer.settings}{fewer}")
    print()


def _print(lines: Iterable[str]) -> None:
    print("\n".join(lines), end="\n\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
