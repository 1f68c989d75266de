"""Why a gradient is wrong.

- `forms`: what a wrong gradient may look like, each tested against the evidence of one trial
- `diagnosis`: the form that explains all trials
- `size_factors`, `size_expressions`: numbers by the named sizes, such as 1/N
- `size_conditions`: the sizes at which a gradient is wrong; `coincidence`: whether right elements are so by chance
- `idle_causes`: the shapes in which a cause can't be seen
"""
