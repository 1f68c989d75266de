"""CHECK: is this the gradient of that function? Pure NumPy; knows no audit, no target and no report.

A caller wraps a forward and a backward pass in a `problems.problem.Problem`, asks `checks.check.check`, and gets a
`results.agreement.CheckResult`. Of a block that is wrong, `causes.diagnosis.diagnose` tells why. Two modules stand
outside the rooms: `differences`, the literature's measure, and `contract`, what a backward promises beside its values.

The rooms, each knowing only those after it:

- `checks`: the directional check and the textbook's
- `location`: how far a wrong block is off, and where
- `causes`: why it is wrong
- `residuals`: numeric minus claimed derivative along lines, with their errors
- `verdicts`: right, wrong or undecided
- `derivatives`: φ along lines and at single elements: points, directions, steps, error bounds
- `results`: what is handed out
- `arrays`: norms, inner products and random numbers of large arrays
- `problems`: the function and the claimed gradient that are checked
"""
