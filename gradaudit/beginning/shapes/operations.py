"""Operators and attributes of arrays: what they say about shapes."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

from gradaudit.beginning.shapes.relations import Item, Product, Together, Transposition
from gradaudit.beginning.shapes.symbols import Size
from gradaudit.beginning.shapes.values import Argument, Array, Number, ShapeOf, Table, Text, form_of, form_of_array

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.beginning.shapes.interpretation import Interpreter
    from gradaudit.beginning.shapes.symbols import Form
    from gradaudit.beginning.shapes.values import Value


@dataclass
class Operations:
    """What is done with the values of one function.

    Attributes:
        interpreter: Where what is found is added.
        names: What the function's names stand for.
    """

    interpreter: Interpreter
    names: dict[str, Value] = field(default_factory=dict)

    @staticmethod
    def negated(operand: Value) -> Value:
        """``-operand``."""
        if isinstance(operand, Number):
            number = operand.size.number if operand.size is not None else None
            return Number(Size(-number) if number is not None else None)
        form = form_of(operand)
        return Array(form) if form is not None else None

    def attribute(self, held: Value, name: str) -> Value:
        """``held.name``."""
        if isinstance(held, Table):
            return held.entries.get(name)
        form = form_of(held) if name in {"shape", "T", "mT", "size", "ndim", "data"} else None
        match name:
            case "shape" if form is not None:
                return ShapeOf(form)
            case "T" | "mT" if form is not None:
                return self.related(Transposition(form))
            case "data" if form is not None:
                return Array(form)
            case "size" | "ndim" | "pi" | "e" | "inf":
                return Number()
        return None

    def related(self, relation: Item | Product | Together | Transposition, *, product: bool = False) -> Array:
        """What an operation results in, of which a relation is known."""
        self.interpreter.relations.append(relation)
        return Array(relation.result, is_product=product)

    def operation(self, left: Value, operator: ast.operator, right: Value) -> Value:
        """``left + right`` and the like."""
        if isinstance(left, Number) and isinstance(right, Number):
            return _arithmetic(left, operator, right)
        one, other = form_of(left), form_of(right)
        if one is None or other is None:
            for form in filter(None, (form_of_array(left), form_of_array(right))):
                form.leave_open()
            return None
        if isinstance(operator, ast.MatMult):
            return self.related(Product(one, other, self.interpreter.usual), product=True)
        for number, form, array in ((left, other, right), (right, one, left)):
            if isinstance(number, Number):
                return _beside_a_number(number, operator, form, array)
        products = [isinstance(side, Array) and side.is_product for side in (left, right)]
        adds = isinstance(operator, ast.Add) and any(products)
        bias = adds and any(isinstance(side, Argument) for side in (left, right))
        is_sum = any(isinstance(side, Array) and side.is_sum for side in (left, right))
        related = self.related(Together(one, other, bias=bias, sums=is_sum), product=adds)
        return replace(related, is_sum=is_sum)

    def comparison(self, left: Value, others: Sequence[Value]) -> Value:
        """``left > right`` and the like."""
        texts = [other.text for other in others if isinstance(other, Text)]
        if isinstance(left, Argument) and texts:
            left.domains.add("plain")
            left.texts += [text for text in texts if text not in left.texts]
            return None
        one, other = form_of(left), form_of(others[0])
        if one is not None and isinstance(others[0], Number):
            return Array(one)
        return self.related(Together(one, other)) if one is not None and other is not None else None


def _beside_a_number(number: Number, operator: ast.operator, form: Form, array: Value) -> Array:
    """An array, unless the length of an axis is added to it: then it counts."""
    is_length = number.size is not None and number.size.known.number is None
    if isinstance(operator, (ast.FloorDiv, ast.Mod)) or (is_length and isinstance(operator, (ast.Add, ast.Sub))):
        form.count()
    return replace(array, counts=False) if isinstance(array, Array) else Array(form)


def _arithmetic(left: Number, operator: ast.operator, right: Number) -> Number:
    if left.size is None or right.size is None or not isinstance(operator, ast.Mult):
        return Number()
    product = Size(factors=[left.size, right.size])
    if left.size.number is not None and right.size.number is not None:
        return Number(Size(left.size.number * right.size.number))
    return Number(product)
