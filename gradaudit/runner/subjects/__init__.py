"""What is audited: from a declaration to a forward and a backward that can be called, whatever was decorated.

- `resolve`: what was decorated; `building`: the object of a trial; `assembly`: the subject that becomes of them
- `subject`, `wiring`: what every subject has, and what it knows of its trial
- `pair`, `second_derivative`, `value_and_gradient`, `layers`, `ruled`: the kinds of subjects
- `lookup`, `outputs`: values of what is bound; which part of what a forward returned are its outputs
- `parameters`, `unchecked`, `object_paths`, `object_methods`, `duplicates`, `layer_words`: what objects hold
- `kept`: arrays before a call and after; `not_looked_at`: gradients that nobody asked for
"""
