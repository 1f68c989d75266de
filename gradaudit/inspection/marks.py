"""The bytes without which a file need not be looked at; they stand alone, so that most files cost no import."""

from __future__ import annotations

# A file without any of these holds none. Each is searched for in every file, so they are plain and few.
DEFINITIONS = (
    b"backward", b"_bwd(", b"prop(", b"grad(", b"gradient(", b"_der(", b"deriv(", b"derivative(", b"_prime(",
    b"def vjp(",
)  # fmt: skip
RULES = (b"custom_", b"defvjp(", b"defgrad(", b"register_autograd(")
PAIRS = (b", grad", b"_grad\n")

# Nor is there a call of a gradient check without one of these.
CHECKS = (b"gradcheck", b"gradgradcheck", b"grad_check", b"gradient_check", b"check_grad", b"eval_numerical_gradient")

EVERY = (*DEFINITIONS, *RULES, *PAIRS, *CHECKS)
