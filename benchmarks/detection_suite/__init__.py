"""Right and wrong backward passes, checkers that are asked to tell them apart, and what they say."""
