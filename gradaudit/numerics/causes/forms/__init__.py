"""The forms that a wrong gradient may have, each tested against the evidence of one trial."""
