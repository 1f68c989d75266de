"""Draw the inputs of one trial: named sizes, then every array, each from a random stream of its own.

A stream depends on the seed, the audit's id, the trial and the array's name alone. So the same audit draws the same
inputs whatever else runs, in whatever order and process, and adding an input does not change the others.
"""

from gradaudit.drawing.containers import children_of, rebuild, replaced
from gradaudit.drawing.inputs import draw_inputs
from gradaudit.drawing.leaves import Drawn, DrawnLeaf
from gradaudit.drawing.meant_as_array import differentiation_remedy, kept_constant, shape_text
from gradaudit.drawing.points import is_asked
from gradaudit.drawing.sizes import draw_sizes

__all__ = [
    "Drawn", "DrawnLeaf", "children_of", "differentiation_remedy", "draw_inputs", "draw_sizes", "is_asked",
    "kept_constant", "rebuild", "replaced", "shape_text",
]  # fmt: skip
