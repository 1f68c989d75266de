"""Who gets which argument: parameters are bound by name, as pytest binds fixtures.

Whatever is not certain is an error (GA004) that shows the signature, what was bound, what was not, and the line to
write. Nothing is ever guessed.

- `plan`: for each argument of a function the source of its value; calling it with those
- `known_names`: names that tell what a parameter is
- `signatures`: a function's parameters, and its name
- `forward`, `backward`: binding the parameters of either
- `passing`: what goes by position and what by name
- `agreement`: whether a finished plan fits the outputs and inputs there are
- `refusals`: what is said where something is not certain
"""
