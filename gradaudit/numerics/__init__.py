"""CHECK: is this the gradient of that function? Pure NumPy; knows no audit, no target and no report.

A caller wraps a forward and a backward pass in a `problem.Problem` and asks `check.check`:

- `check.check(problem, rng, mode, threshold, epsilon, suspects, fixed) -> agreement.CheckResult`
- `textbook.check_elementwise(problem, threshold, epsilon)`: every element, to the letter of the literature
- `directional.check_directional(problem, rng, threshold)`: one random direction, more only where it does not settle it
- `diagnosis.diagnose(cases, passed) -> cause.Cause | None`: why a block is wrong, from the evidence of its trials
- `elements.numeric_at(problem, block_index, indices)`: the numeric derivative at single elements
- `distortions.Distorted(problem, block, change)`: the same problem with a gradient made wrong, to see that it is caught
- `differences.difference(analytic, numeric)` and `differences.grade(difference)`: the literature's measure

From the bottom up: `table` (random numbers), `norms`, `base_point` (φ and its gradient at a point), `direction`, `line`
(φ along it), `steps`, `error_bounds`, `judgement` (right, wrong or undecided along one line), `adjudication` (the same
at points nearby), `evidence` (what was measured of a wrong block), `settlement` (a block's result), `directional`.
How far a wrong block is off, and where: `projections` (along a few directions), `estimates` and `probe` (residuals of
parts of a direction), `moments` and `bisection`, `localisation`, `wrong_part`, `one_sided`, `extent`; `discrepancy` and
`accusation`, the short way to a part that explains everything. Why: `forms`, `size_factors` and `size_expressions`
(what may explain the evidence), `diagnosis`.
"""
