"""How far a wrong block is off, and where: of a large one without a look at each of its elements.

- `moments`, `bisection`: the one place along an axis, or the few elements, that a residual comes from
- `localisation`: the slice or the elements, by both; `one_sided`: the side of a sign, a mask or an index
- `wrong_part`: what is known of such a part
- `extent`: the literature's difference, the place, and the element that differs most
- `accusation`: the short way to a part that explains everything
"""
